import { sql } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { history } from './tables.ts';

/** Names another history, as after a restore: every device starts its feeds again. */
export async function beginHistory(db: Db): Promise<Id> {
	const [row] = await db
		.update(history)
		.set({ id: sql`gen_random_uuid()` })
		.returning({ id: history.id });
	if (!row) throw new Error('The history has no name.');
	return row.id;
}
