import { sql } from 'drizzle-orm';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { userScope, type PushAnswer, type Scope } from '#shared/feed.ts';
import { Id, newId } from '#shared/id.ts';
import { mutation } from '#shared/mutation.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Acting } from '#server/http/tokens.ts';
import { eachDatabase } from '../../tests/support/database.ts';
import { localBus, type News } from './bus.ts';
import { Feeds, publish, type Reading } from './feed.ts';
import { isMember, join, kindOfMemberships, leave, readMemberships } from './memberships.ts';
import { on } from './mutations.ts';
import { differing, pull } from './pull.ts';
import { Pushes } from './push.ts';
import { scopes as scopesTable } from './tables.ts';

/** A small domain of its own: notes that lie in a scope, and can be moved. */
const notes = pgTable('test_notes', {
	id: uuid().primaryKey(),
	scope: text().notNull(),
	body: text().notNull()
});
const Note = z.strictObject({ id: Id, scope: z.string(), body: z.string().max(1_000) });
const writeNote = mutation('notes.writeNote', Note);
const changeNote = mutation('notes.changeNote', Note.pick({ id: true, body: true }));
const dropNote = mutation('notes.dropNote', Note.pick({ id: true }));
const breakNote = mutation('notes.breakNote', Note.pick({ id: true }));

async function readNotes(tx: Parameters<typeof readMemberships>[0], ids: Id[]): Promise<Reading[]> {
	const rows = await tx.select().from(notes).where(inArray(notes.id, ids));
	return rows.map((row) => ({
		id: row.id,
		scope: row.scope,
		data: { id: row.id, body: row.body }
	}));
}

const handlers = [
	on(writeNote, async (tx, me, note) => {
		if (!(await isMember(tx, me.id, note.scope))) throw new ProblemError('not-found');
		await tx.insert(notes).values(note);
		publish(tx, note.scope, 'notes', note.id);
	}),
	on(changeNote, async (tx, _, { id, body }) => {
		const [note] = await tx.update(notes).set({ body }).where(eq(notes.id, id)).returning();
		if (!note) throw new ProblemError('not-found');
		publish(tx, note.scope, 'notes', id);
	}),
	on(dropNote, async (tx, _, { id }) => {
		const [note] = await tx.delete(notes).where(eq(notes.id, id)).returning();
		if (!note) throw new ProblemError('not-found');
		publish(tx, note.scope, 'notes', id);
	}),
	on(breakNote, async (tx, _, { id }) => {
		await tx.delete(notes).where(eq(notes.id, id));
		throw new Error('a fault of ours');
	})
];

eachDatabase('the feeds', (open) => {
	let feeds: Feeds;
	let pushes: Pushes;
	let heard: News[] = [];
	let faults: unknown[] = [];
	let me: Acting;
	let mine: Scope;
	let clientId: Id;
	const bus = localBus();

	beforeAll(async () => {
		const { db } = open();
		await db.execute(
			sql`create table test_notes (id uuid primary key, scope text not null, body text not null)`
		);
		feeds = new Feeds(db, { notes: readNotes, [kindOfMemberships]: readMemberships }, bus);
		pushes = new Pushes(db, feeds, handlers, (error) => faults.push(error));
		bus.hear((news) => heard.push(...news));
	});
	afterAll(() => bus.close());
	beforeEach(() => {
		heard = [];
		faults = [];
		me = { id: newId(), role: 'user', sessionId: newId(), since: new Date('2026-01-01') };
		mine = userScope(me.id);
		clientId = newId();
	});

	const db = () => open().db;
	const queued = (n: number, { name }: { name: string }, args: unknown, more = {}) => ({
		n,
		id: newId(),
		name,
		args,
		at: new Date().toISOString(),
		...more
	});
	const send = (mutations: ReturnType<typeof queued>[], more = {}): Promise<PushAnswer> =>
		pushes.push(
			me,
			{ clientId, sentAt: new Date().toISOString(), seen: 0, mutations, ...more },
			'test'
		);
	const take = (scopes: Record<Scope, number> = {}, limit?: number, filling?: Scope[]) =>
		pull(db(), me.id, { clientId, scopes, ...(filling && { filling }) }, limit);
	const note = (body: string, scope = mine) => ({ id: newId(), scope, body });

	/** A room that I am in. */
	async function room(): Promise<Scope> {
		const scope = `room:${newId()}`;
		await feeds.write((tx) => join(tx, me.id, scope, 'member'));
		return scope;
	}

	describe('publishing', () => {
		test('revisions are dense and in order; every device hears what was committed', async () => {
			await feeds.write(async (tx) => {
				for (const body of ['one', 'two', 'three']) {
					const each = note(body);
					await tx.insert(notes).values(each);
					publish(tx, mine, 'notes', each.id);
				}
			});
			const { scopes } = await take();
			expect(scopes[mine]?.rows.map(({ revision }) => revision)).toEqual([1, 2, 3]);
			expect(heard).toMatchObject([{ t: 'feed', scope: mine, base: 0, revision: 3 }]);
		});

		test('six changes of one record at once leave the feed with the last, and all revisions', async () => {
			const first = note('0');
			await send([queued(1, writeNote, first)]);
			for (let round = 0; round < 10; round++) {
				const bodies = Array.from({ length: 6 }, (_, i) => `${round}.${i}`);
				await Promise.all(
					bodies.map((body) =>
						feeds.write(async (tx) => {
							publish(tx, mine, 'notes', first.id);
							await tx.update(notes).set({ body }).where(eq(notes.id, first.id));
						})
					)
				);
			}
			const [row] = await db().select().from(notes).where(eq(notes.id, first.id));
			const { scopes } = await take();
			expect(scopes[mine]?.rows).toMatchObject([
				{ v: 61, revision: 61, data: { body: row?.body } }
			]);
		});

		test('changes of many scopes in any order at once lose nothing and hang nowhere', async () => {
			const rooms = await Promise.all(Array.from({ length: 4 }, room));
			const shuffled = (i: number) => [...rooms.slice(i % 4), ...rooms.slice(0, i % 4)];
			await Promise.all(
				Array.from({ length: 24 }, (_, i) =>
					feeds.write(async (tx) => {
						for (const scope of i % 2 ? shuffled(i) : shuffled(i).reverse()) {
							const each = note(String(i), scope);
							await tx.insert(notes).values(each);
							publish(tx, scope, 'notes', each.id);
						}
					})
				)
			);
			const { scopes } = await take();
			for (const scope of rooms) {
				const revisions = scopes[scope]?.rows.map(({ revision }) => revision);
				expect(revisions).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
			}
		});

		test('a record that moves leaves a tombstone behind, and counts on', async () => {
			const there = await room();
			const moving = note('moving');
			await send([queued(1, writeNote, moving)]);
			const before = await take();
			const cursors = { [mine]: before.scopes[mine]?.revision ?? 0, [there]: 0 };
			await feeds.write(async (tx) => {
				await tx.update(notes).set({ scope: there }).where(eq(notes.id, moving.id));
				publish(tx, mine, 'notes', moving.id);
				publish(tx, there, 'notes', moving.id);
			});
			const { scopes } = await take(cursors);
			expect(scopes[mine]?.rows).toMatchObject([{ id: moving.id, v: 2, data: null }]);
			expect(scopes[there]?.rows).toMatchObject([
				{ id: moving.id, v: 2, data: { body: 'moving' } }
			]);
		});

		test('a record that moved is found where it is, wherever its deed believed it', async () => {
			const there = await room();
			const moving = note('moving');
			await send([queued(1, writeNote, moving)]);
			await feeds.write(async (tx) => {
				await tx.update(notes).set({ scope: there }).where(eq(notes.id, moving.id));
				publish(tx, there, 'notes', moving.id);
			});
			const { scopes } = await take();
			expect(scopes[mine]?.rows.some(({ id }) => id === moving.id)).toBe(false);
			expect(scopes[there]?.rows).toMatchObject([{ id: moving.id }]);
		});

		test('what is undone is not published', async () => {
			const failing = feeds.write(async (tx) => {
				const each = note('never');
				await tx.insert(notes).values(each);
				publish(tx, mine, 'notes', each.id);
				throw new Error('changed my mind');
			});
			await expect(failing).rejects.toThrow('changed my mind');
			expect([heard, (await take()).scopes[mine]?.rows ?? []]).toEqual([[], []]);
		});

		test('publishing outside of a write, or a kind that nothing reads, is a fault', async () => {
			const outside = db().transaction(async (tx) => publish(tx, mine, 'notes', newId()));
			await expect(outside).rejects.toThrow('outside of Feeds.write');
			const unread = feeds.write(async (tx) => publish(tx, mine, 'nothing', newId()));
			await expect(unread).rejects.toThrow('Nothing reads records of the kind nothing');
		});
	});

	describe('pushing', () => {
		test('each mutation takes effect once, in order, and is answered where it shows', async () => {
			const [one, two] = [note('one'), note('two')];
			const answer = await send([queued(1, writeNote, one), queued(2, writeNote, two)]);
			expect(answer).toMatchObject({
				results: [
					{ n: 1, revisions: { [mine]: 1 } },
					{ n: 2, revisions: { [mine]: 2 } }
				],
				lastMutation: 2
			});
		});

		test('the same push sent again, also at the same time, changes nothing and says the same', async () => {
			const mutations = [queued(1, writeNote, note('one')), queued(2, writeNote, note('two'))];
			const answers = await Promise.all(Array.from({ length: 8 }, () => send(mutations)));
			const again = await send(mutations);
			for (const answer of answers) expect(answer.results).toEqual(again.results);
			expect((await take()).scopes[mine]?.revision).toBe(2);
		});

		test('a refusal uses its number up, is remembered, and lets the next one through', async () => {
			const mutations = [
				queued(1, changeNote, { id: newId(), body: 'nothing there' }),
				queued(2, { name: 'notes.unheardOf' }, {}),
				queued(3, writeNote, { id: 'seven' }),
				queued(4, writeNote, note('good'))
			];
			const answer = await send(mutations);
			expect(answer.results).toMatchObject([
				{ n: 1, problem: { code: 'not-found', retryable: false } },
				{ n: 2, problem: { code: 'unknown-mutation', retryable: false } },
				{ n: 3, problem: { code: 'invalid-input', retryable: false } },
				{ n: 4, revisions: { [mine]: 1 } }
			]);
			expect((await send(mutations)).results).toEqual(answer.results);
		});

		test('a fault of ours uses no number up, undoes its work and ends the batch', async () => {
			const kept = note('kept');
			const mutations = [
				queued(1, writeNote, kept),
				queued(2, breakNote, { id: kept.id }),
				queued(3, writeNote, note('never reached'))
			];
			const answer = await send(mutations);
			expect(answer.results).toMatchObject([
				{ n: 1 },
				{ n: 2, problem: { code: 'internal', retryable: true } }
			]);
			expect(answer.lastMutation).toBe(1);
			expect(faults).toHaveLength(1);
			expect(JSON.stringify(answer)).not.toContain('a fault of ours');
			expect((await take()).scopes[mine]?.rows).toHaveLength(1);
		});

		test('a parked mutation is skipped under its own number and id', async () => {
			const parked = queued(1, breakNote, { id: newId() });
			await send([parked]);
			const skipped = await send([{ ...parked, name: 'sync.skip', args: {} }]);
			expect(skipped).toMatchObject({ results: [{ n: 1, revisions: {} }], lastMutation: 1 });
		});

		test('if what is skipped was applied after all, its own answer comes back', async () => {
			const applied = queued(1, writeNote, note('applied'));
			const before = await send([applied]);
			const skipped = await send([{ ...applied, name: 'sync.skip', args: {} }]);
			expect(skipped.results).toEqual(before.results);
		});

		test('what a mutation joins is answered too, and what it leaves is not', async () => {
			const scope = await room();
			const moved = note('moved');
			const enter = mutation('notes.enter', z.strictObject({}));
			const own = new Pushes(
				db(),
				feeds,
				[
					on(enter, async (tx) => {
						await leave(tx, me.id, scope, 'member');
						await join(tx, me.id, `room:${moved.id}`, 'member');
						await tx.insert(notes).values({ ...moved, scope: `room:${moved.id}` });
						publish(tx, `room:${moved.id}`, 'notes', moved.id);
					})
				],
				() => {}
			);
			const sentAt = new Date().toISOString();
			const mutations = [queued(1, enter, {})];
			const { results } = await own.push(me, { clientId, sentAt, seen: 0, mutations }, 'test');
			const [{ revisions } = { revisions: {} }] = results as { revisions: Record<Scope, number> }[];
			expect(Object.keys(revisions).sort()).toEqual([mine, `room:${moved.id}`].sort());
		});

		test('a number that jumps ahead is a gap, and nothing of the batch is done', async () => {
			const answer = await send([queued(3, writeNote, note('early'))]);
			expect(answer.results).toMatchObject([
				{ n: 3, problem: { code: 'mutation-gap', expected: 1 } }
			]);
			expect(answer.lastMutation).toBe(0);
		});

		test('a cloned device that says something else under a used number has forked', async () => {
			await send([queued(1, writeNote, note('original'))]);
			const clone = await send([queued(1, writeNote, note('clone'))]);
			expect(clone.results).toMatchObject([{ n: 1, problem: { code: 'client-forked' } }]);
			await send([], { seen: 1 });
			const late = await send([queued(1, writeNote, note('late clone'))]);
			expect(late.results).toMatchObject([{ n: 1, problem: { code: 'client-forked' } }]);
		});

		test('a client id of somebody else has forked, and learns nothing of theirs', async () => {
			await send([queued(1, writeNote, note('mine'))]);
			const theirs = { ...me, id: newId() };
			const asked = { clientId, sentAt: new Date().toISOString(), seen: 0 };
			const mutations = [queued(2, writeNote, note('x', userScope(theirs.id)))];
			const answer = await pushes.push(theirs, { ...asked, mutations }, 'test');
			expect(answer).toMatchObject({
				results: [{ problem: { code: 'client-forked' } }],
				lastMutation: 0
			});
			await pushes.push(theirs, { ...asked, seen: 1, mutations: [] }, 'test');
			const again = queued(1, writeNote, note('again'));
			expect((await send([again])).results).toMatchObject([{ problem: { code: 'client-forked' } }]);
		});

		test('answers are kept until they were seen', async () => {
			const first = queued(1, writeNote, note('one'));
			await send([first]);
			await send([queued(2, writeNote, note('two'))], { seen: 1 });
			const kept = await db().execute(
				sql`select n from answers where client_id = ${clientId}::uuid`
			);
			expect(kept).toEqual([{ n: 2 }]);
		});

		test('a taken id is refused without telling whose it is', async () => {
			const theirs = { ...me, id: newId() };
			const taken = note('theirs', userScope(theirs.id));
			const asked = { clientId: newId(), sentAt: new Date().toISOString(), seen: 0 };
			await pushes.push(theirs, { ...asked, mutations: [queued(1, writeNote, taken)] }, 'test');
			const answer = await send([queued(1, writeNote, { ...taken, scope: mine })]);
			expect(answer.results).toMatchObject([{ problem: { code: 'id-taken' } }]);
			expect(JSON.stringify(answer)).not.toContain(theirs.id);
		});

		test('a scope that one may not write does not exist', async () => {
			const answer = await send([queued(1, writeNote, note('x', userScope(newId())))]);
			expect(answer.results).toMatchObject([{ problem: { code: 'not-found' } }]);
		});

		test.each([
			['a clock ten years behind', -10 * 365, '2016-11-22T08:10:00.000Z', -10 * 365],
			['a clock ten years ahead', 10 * 365, '2036-11-22T08:10:00.000Z', 10 * 365]
		])('%s is corrected by what it said when it sent', async (_, skewDays) => {
			const times: Date[] = [];
			const timed = mutation('notes.timed', z.strictObject({}));
			const own = new Pushes(
				db(),
				feeds,
				[on(timed, async (_tx, _me, _args, at) => void times.push(at))],
				() => {}
			);
			const skew = skewDays * 86_400_000;
			const acted = Date.now() - 3_600_000;
			const at = new Date(acted + skew).toISOString();
			const sentAt = new Date(Date.now() + skew).toISOString();
			await own.push(
				me,
				{ clientId, sentAt, seen: 0, mutations: [{ ...queued(1, timed, {}), at }] },
				'test'
			);
			expect(Math.abs((times[0]?.getTime() ?? 0) - acted)).toBeLessThan(5_000);
		});

		test('a time before the account, or in the future, is clamped and never refused', async () => {
			const times: Date[] = [];
			const timed = mutation('notes.timed', z.strictObject({}));
			const own = new Pushes(
				db(),
				feeds,
				[on(timed, async (_tx, _me, _args, at) => void times.push(at))],
				() => {}
			);
			const mutations = [
				{ ...queued(1, timed, {}), at: '1970-01-01T00:00:00.000Z' },
				{ ...queued(2, timed, {}), at: '2999-01-01T00:00:00.000Z' }
			];
			await own.push(
				me,
				{ clientId, sentAt: new Date().toISOString(), seen: 0, mutations },
				'test'
			);
			expect(times[0]).toEqual(me.since);
			expect(Math.abs((times[1]?.getTime() ?? 0) - Date.now())).toBeLessThan(5_000);
		});
	});

	describe('pulling', () => {
		test('nothing new costs nothing and says nothing', async () => {
			await send([queued(1, writeNote, note('one'))]);
			const answer = await take({ [mine]: 1 });
			expect(answer).toMatchObject({ scopes: {}, joined: [], left: [], lastMutation: 1 });
		});

		test('tombstones come to who had the record, not to who starts', async () => {
			const [kept, gone] = [note('kept'), note('gone')];
			await send([queued(1, writeNote, kept), queued(2, writeNote, gone)]);
			await send([queued(3, dropNote, { id: gone.id })]);
			expect((await take({ [mine]: 2 })).scopes[mine]?.rows).toMatchObject([
				{ id: gone.id, v: 2, data: null }
			]);
			expect((await take()).scopes[mine]?.rows).toMatchObject([{ id: kept.id }]);
			expect((await take()).scopes[mine]?.revision).toBe(3);
		});

		test('a joined scope is filled from the start, a left one is named', async () => {
			const scope = await room();
			await feeds.write(async (tx) => {
				const each = note('before', scope);
				await tx.insert(notes).values(each);
				publish(tx, scope, 'notes', each.id);
			});
			const first = await take({ [mine]: 1 });
			expect(first).toMatchObject({
				joined: [scope],
				scopes: { [scope]: { rows: [{ data: { body: 'before' } }] } }
			});
			await feeds.write((tx) => leave(tx, me.id, scope, 'member'));
			const second = await take({ [mine]: 1, [scope]: 1 });
			expect(second).toMatchObject({
				left: [scope],
				scopes: { [mine]: { rows: [{ data: null }] } }
			});
			expect(second.scopes).not.toHaveProperty(scope);
		});

		test('a scope stays as long as there is one reason', async () => {
			const scope = await room();
			await feeds.write((tx) => join(tx, me.id, scope, 'pin'));
			await feeds.write((tx) => join(tx, me.id, scope, 'pin'));
			await feeds.write((tx) => leave(tx, me.id, scope, 'member'));
			expect(await isMember(db(), me.id, scope)).toBe(true);
			await feeds.write((tx) => leave(tx, me.id, scope, 'pin'));
			expect(await isMember(db(), me.id, scope)).toBe(false);
		});

		test('a scope of others is as one that does not exist', async () => {
			const theirs = userScope(newId());
			expect((await take({ [theirs]: 0 })).left).toEqual([theirs]);
		});

		test.each([1, 2, 3, 4, 7])('pages of %i rows come to the same as one', async (limit) => {
			const scopes = [mine, await room(), await room(), await room()];
			let n = 0;
			const mutations = Array.from({ length: 13 }, (_, i) =>
				queued(++n, writeNote, note(String(i), scopes[i % 3]))
			);
			await send(mutations);
			const whole = await take();
			const cursors: Record<Scope, number> = {};
			const filling = new Set<Scope>();
			const rows = new Map<string, unknown>();
			for (let page = 0; page < 100; page++) {
				const answer = await take(cursors, limit, [...filling]);
				const got = Object.values(answer.scopes).reduce((sum, news) => sum + news.rows.length, 0);
				expect(got).toBeLessThanOrEqual(limit);
				for (const [scope, news] of Object.entries(answer.scopes)) {
					expect(news.reset).toBeUndefined();
					cursors[scope] = news.revision;
					if (news.more) filling.add(scope);
					else filling.delete(scope);
					for (const row of news.rows) rows.set(`${scope} ${row.kind} ${row.id}`, row);
				}
				if (!Object.values(answer.scopes).some(({ more }) => more)) break;
			}
			const expected = Object.entries(whole.scopes).flatMap(([scope, news]) =>
				news.rows.map((row) => [`${scope} ${row.kind} ${row.id}`, row] as const)
			);
			expect(rows).toEqual(new Map(expected));
			for (const [scope, news] of Object.entries(whole.scopes))
				expect([scope, cursors[scope]]).toEqual([scope, news.revision]);
		});

		test('a cursor from the future, or below the floor, starts again', async () => {
			await send([queued(1, writeNote, note('one')), queued(2, writeNote, note('two'))]);
			const future = await take({ [mine]: 99 });
			expect(future.scopes[mine]).toMatchObject({ reset: true, revision: 2, rows: [{}, {}] });
			await db().update(scopesTable).set({ floor: 2 }).where(eq(scopesTable.scope, mine));
			expect((await take({ [mine]: 1 })).scopes[mine]).toMatchObject({
				reset: true,
				rows: [{}, {}]
			});
			const going = await take({ [mine]: 1 }, 10, [mine]);
			expect(going.scopes[mine]).not.toHaveProperty('reset');
		});

		test('what a device holds is compared by sum, at the same revision only', async () => {
			await send([queued(1, writeNote, note('one'))]);
			expect(await differing(db(), me.id, { [mine]: { revision: 1, sum: 1 } })).toEqual([mine]);
			expect(await differing(db(), me.id, { [mine]: { revision: 0, sum: 1 } })).toEqual([]);
			const theirs = differing(db(), me.id, { [userScope(newId())]: { revision: 0, sum: 0 } });
			await expect(theirs).rejects.toMatchObject({ code: 'not-found' });
		});
	});
});
