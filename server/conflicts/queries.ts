import { inArray } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import type { Reading } from '#server/sync/feed.ts';
import { asConflict } from './access.ts';
import { conflicts } from './tables.ts';

/** How conflicts read in the feed of the person whose record it is. */
export async function readConflicts(tx: Db, ids: Id[]): Promise<Reading[]> {
	const rows = await tx.select().from(conflicts).where(inArray(conflicts.id, ids));
	return rows.map((row) => ({
		id: row.id,
		scope: userScope(row.accountId),
		data: asConflict(row)
	}));
}
