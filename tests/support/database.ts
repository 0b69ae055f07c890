/** Databases for tests. Every rule about data is tried on both: the embedded one and Postgres. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { openDatabase, type Database } from '#server/db/client.ts';

export type Kind = Database['kind'];
export const kinds: readonly Kind[] = ['embedded', 'postgres'];

/**
 * Describes something on both databases, each made for this block and migrated.
 * `open` answers the one at hand, inside tests and hooks.
 */
export function eachDatabase(name: string, block: (open: () => Database, kind: Kind) => void) {
	describe.each(kinds)(`${name} (%s)`, (kind) => {
		let given: { database: Database; close: () => Promise<void> } | undefined;
		beforeAll(async () => {
			given = await withDatabase(kind);
		});
		afterAll(() => given?.close());
		block(() => {
			if (!given) throw new Error('The database is there inside tests and hooks only.');
			return given.database;
		}, kind);
	});
}

/** Opens a migrated, empty database of its own; `close` throws it away. */
export async function withDatabase(
	kind: Kind,
	options: { queue?: number; timeLimit?: number } = {}
): Promise<{ database: Database; place: string; close: () => Promise<void> }> {
	const { place, giveBack } = await borrow(kind);
	const where = kind === 'postgres' ? { url: place } : { dataDir: place };
	const database = await openDatabase({ ...where, ...options });
	return {
		database,
		place,
		close: async () => {
			await database.close();
			await giveBack();
		}
	};
}

/** A migrated database that nobody has open: its address, or its data directory. */
export async function borrow(kind: Kind) {
	const { place } = await ask('POST', `/${kind}`);
	return {
		place,
		giveBack: () => ask('DELETE', `/${kind}?place=${encodeURIComponent(place)}`)
	};
}

/** Empties every table and keeps the schema: a clean start for the next test. */
export async function empty({ db }: Database) {
	const found = await db.execute<{ tablename: string }>(
		sql`select tablename from pg_tables where schemaname = 'public'`
	);
	const names = found.map(({ tablename }) => sql.identifier(tablename));
	if (names.length > 0) await db.execute(sql`truncate ${sql.join(names, sql`, `)} cascade`);
}

async function ask(method: string, path: string): Promise<{ place: string }> {
	const answer = await fetch(inject('databases') + path, { method });
	if (!answer.ok) throw new Error(await answer.text());
	return answer.json() as Promise<{ place: string }>;
}
