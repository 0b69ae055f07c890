/** A Talas with notes on it, live sockets and a memory: it can be put back to an earlier state. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import type { Db } from '#server/db/client.ts';
import { handlers } from '#server/domains.ts';
import { onUpgrade } from '#server/http/upgrade.ts';
import type { Kind } from '../support/database.ts';
import { openTestTalas, type TestTalas } from '../support/talas.ts';
import { addNotes, createTable } from './notes.ts';

export type Stage = TestTalas & { livePort: number };

/** Opens it; every deed leaves a line in `test_effects`, in its own transaction. */
export async function openStage(kind: Kind): Promise<Stage> {
	addNotes();
	logEffects();
	const test = await openTestTalas(kind);
	await createTable(test.talas.db);
	await test.talas.db.execute(sql`create table test_effects (key text not null)`);
	const server = createServer();
	onUpgrade(server, test.talas.env, [
		[/^\/api\/live$/, (request, socket, head) => test.talas.live.upgrade(request, socket, head)]
	]);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const close = async () => {
		server.closeAllConnections();
		server.close();
		await test.close();
	};
	return { ...test, livePort: (server.address() as AddressInfo).port, close };
}

/** What one deed is, for counting: who did what. Two deeds may be the same. */
export function effectKey(accountId: string, name: string, args: unknown): string {
	return `${accountId} ${name} ${JSON.stringify(args, Object.keys(args as object).sort())}`;
}

/** How often each deed took effect. */
export async function effects(db: Db): Promise<Map<string, number>> {
	const rows = await db.execute<{ key: string; times: number }>(
		sql`select key, count(*)::int as times from test_effects group by key`
	);
	return new Map(rows.map(({ key, times }) => [key, times]));
}

let logging = false;

function logEffects() {
	if (logging) return;
	logging = true;
	for (const handler of handlers) {
		const deed = handler.deed as (...given: [Db, { id: string }, unknown, Date]) => Promise<void>;
		const logged: typeof deed = async (tx, me, args, at) => {
			await deed(tx, me, args, at);
			const key = effectKey(me.id, handler.mutation.name, args);
			await tx.execute(sql`insert into test_effects values (${key})`);
		};
		handler.deed = logged as never;
	}
}

const keeps = ['accounts', 'sessions', 'history', 'instance'];

/** Empties every table but those of accounts, for the next play. */
export async function forget(db: Db): Promise<void> {
	const found = await db.execute<{ name: string }>(
		sql`select tablename as name from pg_tables where schemaname = 'public'`
	);
	const names = found.filter(({ name }) => !keeps.includes(name));
	const list = names.map(({ name }) => sql.identifier(name));
	await db.execute(sql`truncate ${sql.join(list, sql`, `)}`);
}

export type Copy = { table: string; columns: string[]; rows: unknown[] }[];

/** A copy of all data, as a backup is. */
export async function backUp(db: Db): Promise<Copy> {
	const tables = await db.execute<{ table: string; columns: string[] }>(sql`
		select table_name as table, array_agg(column_name::text) as columns
		from information_schema.columns join information_schema.tables using (table_schema, table_name)
		where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
		group by table_name`);
	const copy: Copy = [];
	for (const { table, columns } of tables) {
		const [found] = await db.execute<{ rows: unknown[] | null }>(
			sql`select json_agg(t) as rows from ${sql.identifier(table)} t`
		);
		copy.push({ table, columns, rows: found?.rows ?? [] });
	}
	return copy;
}

/** Puts a copy back. The history that goes on from it has another name. */
export async function restore(db: Db, copy: Copy): Promise<void> {
	await db.transaction(async (tx) => {
		await tx.execute(sql`set local session_replication_role = replica`);
		const names = copy.map(({ table }) => sql.identifier(table));
		await tx.execute(sql`truncate ${sql.join(names, sql`, `)} cascade`);
		for (const { table, columns, rows } of copy) {
			if (rows.length === 0) continue;
			const list = sql.join(
				columns.map((column) => sql.identifier(column)),
				sql`, `
			);
			const name = sql.identifier(table);
			await tx.execute(sql`insert into ${name} (${list}) overriding system value
				select ${list} from json_populate_recordset(null::${name}, ${JSON.stringify(rows)}::json)`);
		}
		await tx.execute(sql`update history set id = gen_random_uuid()`);
	});
}
