import { and, eq } from 'drizzle-orm';
import { dismissConflict } from '#shared/conflicts.ts';
import { userScope } from '#shared/feed.ts';
import { publish } from '#server/sync/feed.ts';
import { on } from '#server/sync/mutations.ts';
import { kindOfConflicts } from './access.ts';
import { conflicts } from './tables.ts';

export const mutations = [
	on(dismissConflict, async (tx, me, { id }) => {
		const [gone] = await tx
			.delete(conflicts)
			.where(and(eq(conflicts.id, id), eq(conflicts.accountId, me.id)))
			.returning({ id: conflicts.id });
		if (gone) publish(tx, userScope(me.id), kindOfConflicts, id);
	})
];
