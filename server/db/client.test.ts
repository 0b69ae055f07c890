import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { eachDatabase, kinds, withDatabase } from '../../tests/support/database.ts';
import { temporaryFolder } from '../../tests/support/temporary.ts';
import { openDatabase } from './client.ts';
import { lockDirectory } from './lock.ts';
import { migrate } from './migrate.ts';
import { instance } from '#server/admin/tables.ts';

eachDatabase('the database', (open, kind) => {
	test('a query on db inside a transaction fails at once, and the transaction is undone', async () => {
		const { db } = open();
		const forgetful = db.transaction(async (tx) => {
			await tx.update(instance).set({ name: 'half done' });
			await db.select().from(instance);
		});
		await expect(forgetful).rejects.toMatchObject({
			cause: { message: expect.stringContaining('Inside a transaction only tx speaks') }
		});
		expect(await db.select({ name: instance.name }).from(instance)).toEqual([{ name: 'Talas' }]);
	});

	test('a transaction inside a transaction on db fails at once too', async () => {
		const { db } = open();
		const nested = db.transaction(() => db.transaction(async () => 1));
		await expect(nested).rejects.toThrow('Inside a transaction only tx speaks');
	});

	test('a savepoint on tx is undone alone', async () => {
		const { db } = open();
		await db.transaction(async (tx) => {
			await tx.update(instance).set({ name: 'kept' });
			await tx
				.transaction(async (inner) => {
					await inner.update(instance).set({ name: 'dropped' });
					throw new Error('changed my mind');
				})
				.catch((error: Error) => expect(error.message).toBe('changed my mind'));
		});
		expect(await db.select({ name: instance.name }).from(instance)).toEqual([{ name: 'kept' }]);
		await db.update(instance).set({ name: 'Talas' });
	});

	test('transactions that run together do not see each other half done', async () => {
		const { db } = open();
		await db.execute(sql`create table if not exists counted (n int not null)`);
		await db.execute(sql`insert into counted values (0)`);
		const add = () =>
			db.transaction(async (tx) => {
				const [row] = await tx.execute<{ n: number }>(sql`select n from counted for update`);
				await tx.execute(sql`update counted set n = ${(row?.n ?? 0) + 1}`);
			});
		await Promise.all(Array.from({ length: 40 }, add));
		expect(await db.execute(sql`select n from counted`)).toEqual([{ n: 40 }]);
		await db.execute(sql`drop table counted`);
	});

	test('parallel queries get their own answers', async () => {
		const { db } = open();
		const asked = Array.from({ length: 200 }, (_, i) => i);
		const answers = await Promise.all(
			asked.map((i) => db.execute<{ i: number }>(sql`select ${i}::int as i`))
		);
		expect(answers.map(([row]) => row?.i)).toEqual(asked);
	});

	test('pg_trgm and unaccent are there', async () => {
		const { db } = open();
		const [row] = await db.execute(
			sql`select unaccent('empêcher') as plain, similarity('dvorak', 'dvořák') > 0 as alike`
		);
		expect(row).toEqual({ plain: 'empecher', alike: true });
	});

	test('migrating again changes nothing, also when nodes on one Postgres start together', async () => {
		const database = open();
		const nodes = kind === 'postgres' ? 3 : 1;
		await Promise.all(Array.from({ length: nodes }, () => migrate(database)));
		const [row] = await database.db.execute(
			sql`select count(*)::int as runs, count(distinct hash)::int as migrations
				from drizzle.__drizzle_migrations`
		);
		expect(row?.runs).toBe(row?.migrations);
	});
});

describe.each(kinds)('what waits for the database (%s)', (kind) => {
	test('is bounded: the next one hears that the server is busy', async () => {
		const { database, close } = await withDatabase(kind, { queue: 20 });
		const outcomes = await Promise.allSettled(
			Array.from({ length: 50 }, () => database.db.execute(sql`select pg_sleep(0.01)`))
		);
		const refused = outcomes.filter(({ status }) => status === 'rejected');
		expect(refused).toHaveLength(30);
		for (const outcome of refused as PromiseRejectedResult[]) {
			expect(outcome.reason.cause ?? outcome.reason).toMatchObject({ code: 'busy' });
		}
		expect(database.waiting()).toBe(0);
		await close();
	});

	test('a transaction that waits for something else for too long is undone', async () => {
		const { database, close } = await withDatabase(kind, { timeLimit: 300 });
		const { db } = database;
		const stuck = db.transaction(async (tx) => {
			await tx.update(instance).set({ name: 'stuck' });
			await new Promise(() => {});
		});
		await expect(stuck).rejects.toThrow();
		expect(await db.select({ name: instance.name }).from(instance)).toEqual([{ name: 'Talas' }]);
		await close();
	});

	test('a statement that takes too long fails, and the next one is served', async () => {
		const { database, close } = await withDatabase(kind, { timeLimit: 300 });
		await expect(database.db.execute(sql`select pg_sleep(2)`)).rejects.toThrow();
		const ask = () => database.db.execute(sql`select 1 as one`);
		// PGlite cannot be interrupted: until it is done the others hear that it is busy.
		await expect.poll(() => ask().catch(() => 'busy'), { timeout: 10_000 }).toEqual([{ one: 1 }]);
		await close();
	});
});

describe('the data directory', () => {
	test('opens for one Talas at a time, and the other is told', async () => {
		const folder = await temporaryFolder();
		const unlock = await lockDirectory(folder.path);
		await expect(lockDirectory(folder.path)).rejects.toThrow(
			`Another Talas (process ${process.pid}) already uses ${folder.path}`
		);
		await unlock();
		await (
			await lockDirectory(folder.path)
		)();
		await folder.close();
	});

	test('of many that want it at once, one gets it', async () => {
		const folder = await temporaryFolder();
		const tries = Array.from({ length: 20 }, () => lockDirectory(folder.path));
		const outcomes = await Promise.allSettled(tries);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		await folder.close();
	});

	test('keeps what was written, over closing and opening', async () => {
		const folder = await temporaryFolder();
		const first = await openDatabase({ dataDir: folder.path });
		await migrate(first);
		await first.db.update(instance).set({ name: 'Kept' });
		await first.close();
		const second = await openDatabase({ dataDir: folder.path });
		await migrate(second);
		expect(await second.db.select({ name: instance.name }).from(instance)).toEqual([
			{ name: 'Kept' }
		]);
		await second.close();
		await folder.close();
	});

	test('may have a path longer than a socket takes', async () => {
		const folder = await temporaryFolder();
		const database = await openDatabase({ dataDir: `${folder.path}/${'long'.repeat(30)}` });
		expect(await database.db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
		await database.close();
		await folder.close();
	});
});
