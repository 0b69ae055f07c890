import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as migrateWith } from 'drizzle-orm/postgres-js/migrator';
import { root } from '#server/env.ts';
import type { Database } from './client.ts';

/** Any number that nothing else locks: nodes that start together migrate one after the other. */
const migrationLock = 7_461_825;

/** Brings the schema up to date: each migration once, all of a start in one transaction. */
export async function migrate(database: Database): Promise<void> {
	const sql = database.connect();
	try {
		await sql`select pg_advisory_lock(${migrationLock})`;
		await migrateWith(drizzle(sql), { migrationsFolder: join(root, 'drizzle') });
		await sql`select pg_advisory_unlock(${migrationLock})`;
	} finally {
		await sql.end({ timeout: 5 });
	}
}
