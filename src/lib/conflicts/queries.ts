import type { Conflict } from '#shared/conflicts.ts';
import type { Id } from '#shared/id.ts';
import { local } from '../db/local.ts';

/** What lost to another change in this record, to be shown at its fields; the newest first. */
export async function conflictsOf(kind: string, recordId: Id): Promise<Conflict[]> {
	const found = await local().conflicts.where({ kind, recordId }).toArray();
	return found.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The records of a kind that have something to be seen to. */
export async function conflictedIds(kind: string): Promise<Set<Id>> {
	const rows = await local()
		.conflicts.where('[kind+recordId]')
		.between([kind, ''], [kind, '\uffff'])
		.toArray();
	return new Set(rows.map(({ recordId }) => recordId));
}
