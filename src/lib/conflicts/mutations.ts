import { dismissConflict } from '#shared/conflicts.ts';
import { twin } from '../sync/twin.ts';

export const twins = [twin(dismissConflict, (db, _, { id }) => db.conflicts.delete(id))];
