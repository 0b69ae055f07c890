/** A random play: people, their devices, what they do and what befalls them; then peace, and the truth. */
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import fc from 'fast-check';
import { type Scope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import { readers } from '#server/domains.ts';
import type { Acting } from '#server/http/tokens.ts';
import { join, scopesOfAccount } from '#server/sync/memberships.ts';
import type { Attention, Waiting } from '../../src/lib/db/plumbing.ts';
import type { Stored } from '../../src/lib/db/records.ts';
import { Device, type Fate } from './device.ts';
import { consistent } from './consistent.ts';
import { moves, themes, type Hand, type Move } from './moves.ts';
import { broken } from './notes.ts';
import { meet } from './people.ts';
import { backUp, effectKey, effects, forget, restore, type Copy, type Stage } from './stage.ts';

const fate = fc.constantFrom<Fate>('arrives', 'is lost', 'answer is lost', 'arrives twice');
const who = fc.nat(4);
const dice = fc.array(fc.nat(1_000), { minLength: 4, maxLength: 4 });

const step = fc.oneof(
	{ weight: 16, arbitrary: fc.record({ do: fc.constant('act' as const), who, dice }) },
	{ weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), who, fate }) },
	{ weight: 5, arbitrary: fc.record({ do: fc.constant('pull' as const), who, fate }) },
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('hear' as const), who, dice }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('both' as const), who, fate }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), who, dice }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('skew' as const), who, dice }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), who, dice }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('decide' as const), who, dice }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('back up' as const) }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const) }) }
);

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const plays = fc.record({
	theme: fc.nat(6),
	people: fc.integer({ min: 1, max: 2 }),
	devices: fc.integer({ min: 2, max: 5 }),
	steps: fc.array(step, { minLength: 8, maxLength: 30, size: 'max' })
});

export type Play = typeof plays extends fc.Arbitrary<infer T> ? T : never;

type Call = { device: Device; key: string; forgotten: boolean };

export class Theatre {
	readonly #stage: Stage;
	readonly #moves: Move[];
	readonly #people: Acting[] = [];
	readonly #devices: Device[] = [];
	readonly #rooms: Scope[] = [`room:${newId()}`, `room:${newId()}`];
	readonly #calls: Call[] = [];
	readonly #given: string[] = [];
	#copy: Copy | undefined;

	private constructor(stage: Stage, moves: Move[]) {
		this.#stage = stage;
		this.#moves = moves;
	}

	/** Plays to the end, and demands that all is well. */
	static async play(stage: Stage, { theme, people, devices, steps }: Play): Promise<void> {
		const theatre = new Theatre(stage, themes[theme] ?? moves);
		try {
			await theatre.#open(people, devices);
			for (const each of steps) await theatre.#step(each);
			await theatre.#makePeace();
			await theatre.#demandTruth();
		} finally {
			for (const device of theatre.#devices) device.close();
		}
	}

	get #db() {
		return this.#stage.talas.db;
	}

	async #open(people: number, devices: number) {
		broken.clear();
		await forget(this.#db);
		for (let i = 0; i < people; i++) this.#people.push(await meet(this.#stage));
		for (const me of this.#people) await this.#seat(me);
		for (let i = 0; i < devices; i++) {
			const me = this.#people[i % people];
			if (!me) throw new Error('Nobody is here.');
			const device = await new Device(this.#stage, me).open();
			await device.connect();
			this.#devices.push(device);
		}
	}

	/** Everyone is in one room at first; the other one has to be found. */
	async #seat(me: Acting) {
		const [room = ''] = this.#rooms;
		await this.#stage.talas.feeds.write((tx) => join(tx, me.id, room, 'member'));
	}

	async #step(step: Step) {
		if (step.do === 'back up') this.#copy = await backUp(this.#db);
		else if (step.do === 'restore') await this.#restore();
		else await this.#stepOf(step, this.#deviceOf(step.who));
	}

	async #stepOf(step: Extract<Step, { who: number }>, device: Device) {
		if (step.do === 'act') await this.#act(device, step.dice);
		else if (step.do === 'hear') await hear(device, step.dice);
		else if (step.do === 'crash') await this.#crash(device, step.dice);
		else if (step.do === 'skew') device.skew = ((step.dice[0] ?? 0) - 500) * 86_400_000;
		else if (step.do === 'break') await this.#break(device, step.dice);
		else if (step.do === 'decide') await this.#decide(device, step.dice);
		else await this.#speak(step.do, device, step.fate);
		if (step.do !== 'skew') await consistent(device);
	}

	async #speak(what: 'push' | 'pull' | 'both', device: Device, fate: Fate) {
		device.fates = [fate];
		if (what !== 'both') await device.attempt(what);
		else await this.#inTwoTabs(device);
		device.fates = [];
	}

	/** Two tabs without locks speak at once. */
	async #inTwoTabs(device: Device) {
		const tab = await device.secondTab();
		await Promise.all([device.attempt('push'), tab.attempt('push'), tab.attempt('pull')]);
		tab.close();
	}

	async #act(device: Device, dice: number[]) {
		const hand = this.#hand(device, dice);
		const move = this.#moves[hand.draw(this.#moves.length)];
		if (!move) return;
		const args = move.mutation.args.parse(await move.args(hand));
		await device.sync.mutate(move.mutation, args as never);
		const key = effectKey(device.me.id, move.mutation.name, args);
		this.#calls.push({ device, key, forgotten: false });
	}

	#hand(device: Device, dice: number[]): Hand {
		let next = 0;
		const draw = (below: number) => (dice[next++ % dice.length] ?? 0) % below;
		const some = async (kind: string): Promise<Id> => {
			const ids = await device.local.table<Stored, Id>(kind).toCollection().primaryKeys();
			if (ids.length === 0 || draw(10) === 0) return newId();
			return ids.sort()[draw(ids.length)] ?? newId();
		};
		return { device, rooms: this.#rooms, draw, some };
	}

	/** The app dies, often in the middle of something. */
	async #crash(device: Device, [chance = 0, when = 0]: number[]) {
		const doing = chance % 3 === 0 ? device.sync.push() : device.sync.pull();
		const ended = doing.catch(() => undefined);
		await new Promise((over) => setTimeout(over, when % 12));
		await device.crash();
		await ended;
		await device.connect();
	}

	async #break(device: Device, dice: number[]) {
		const id = await this.#hand(device, dice).some('notes');
		if (!broken.delete(id)) broken.add(id);
	}

	/** Somebody settles what needs attention, or gives something up that waits. */
	async #decide(device: Device, [chance = 0, which = 0]: number[]) {
		const attention = await device.local.attention.toArray();
		const waiting = (await device.local.outbox.toArray()).filter(isAct);
		const choice: (Attention | Waiting)[] = chance % 3 === 0 ? waiting : attention;
		const chosen = choice[which % (choice.length || 1)];
		if (!chosen) return;
		if (chance % 3 === 1) return device.sync.retry(chosen.id);
		await device.sync.discard(chosen.id);
		this.#given.push(effectKey(device.me.id, chosen.name, chosen.args));
	}

	/** What was acknowledged since the copy was made is gone; what waits is not. */
	async #restore() {
		if (!this.#copy) return;
		await restore(this.#db, this.#copy);
		for (const call of this.#calls) call.forgotten = true;
		for (const device of this.#devices) {
			device.inbox = [];
			for (const { name, args } of await this.#kept(device)) {
				const key = effectKey(device.me.id, name, args);
				const call = this.#calls.find((each) => each.forgotten && each.key === key);
				if (call) call.forgotten = false;
			}
		}
	}

	async #kept({ local }: Device): Promise<(Attention | Waiting)[]> {
		return [...(await local.outbox.toArray()).filter(isAct), ...(await local.attention.toArray())];
	}

	async #makePeace() {
		broken.clear();
		for (const device of this.#devices) {
			device.offline = false;
			device.fates = [];
		}
		for (let round = 0; round < 2; round++)
			for (const device of this.#devices) await device.settle();
		for (const device of this.#devices) await device.sync.pull();
	}

	async #demandTruth() {
		for (const device of this.#devices) await this.#demandReplica(device);
		await this.#demandFeeds();
		await this.#demandOnce();
	}

	/** What the device shows is what the server's feeds hold, and nothing is left over. */
	async #demandReplica(device: Device) {
		const { local, me } = device;
		const scopes = await scopesOfAccount(this.#db, me.id);
		const rows = await this.#db.execute<{
			kind: string;
			id: Id;
			scope: string;
			v: number;
			data: object;
		}>(sql`select kind, id, scope, v, data from feed where data is not null`);
		const expected = rows.filter(({ scope }) => scopes.includes(scope));
		const found = [];
		for (const kind of local.kinds) {
			for (const { _scope, _v, _epoch, ...data } of await local.table<Stored>(kind).toArray()) {
				found.push({ kind, id: data.id, scope: _scope, v: _v, data });
			}
		}
		const byId = (a: { id: Id }, b: { id: Id }) => (a.id < b.id ? -1 : 1);
		expect(found.sort(byId)).toEqual([...expected].sort(byId));
		const left = [local.outbox, local.accepted, local.images].map((table) => table.count());
		expect(await Promise.all(left)).toEqual([0, 0, 0]);
		const cursors = await local.cursors.toCollection().primaryKeys();
		expect(cursors.sort()).toEqual(scopes.sort());
	}

	/** What the feeds say is what the tables hold. */
	async #demandFeeds() {
		for (const [kind, reader] of Object.entries(readers)) {
			const rows = await this.#db.execute<{ id: Id; data: object }>(
				sql`select id, data from feed where kind = ${kind} and data is not null`
			);
			const read = await reader(
				this.#db,
				rows.map(({ id }) => id)
			);
			const said = new Map(rows.map(({ id, data }) => [id, data]));
			const there = new Map(read.map(({ id, data }) => [id, JSON.parse(JSON.stringify(data))]));
			expect(said).toEqual(there);
		}
	}

	/** Each thing done took effect once, or lies before its person, or was given up by them. */
	async #demandOnce() {
		const took = await effects(this.#db);
		const attention = new Map<string, number>();
		for (const { local, me } of this.#devices) {
			for (const { name, args } of await local.attention.toArray()) {
				count(attention, effectKey(me.id, name, args));
			}
		}
		for (const key of new Set(this.#calls.map((call) => call.key))) {
			const calls = this.#calls.filter((call) => call.key === key);
			const sure = calls.filter(({ forgotten }) => !forgotten).length;
			const given = this.#given.filter((each) => each === key).length;
			const found = (took.get(key) ?? 0) + (attention.get(key) ?? 0);
			expect({ key, found }).toSatisfy(() => found <= calls.length && found >= sure - given);
		}
		for (const key of took.keys()) expect(this.#calls.map((call) => call.key)).toContain(key);
	}

	#deviceOf(who: number): Device {
		const device = this.#devices[who % this.#devices.length];
		if (!device) throw new Error('There is no device.');
		return device;
	}
}

function isAct({ name }: Waiting) {
	return name !== 'sync.skip';
}

function count(counts: Map<string, number>, key: string) {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Live frames come: all, some, none, in any order. */
async function hear(device: Device, [lost = 0, order = 0]: number[]) {
	await new Promise((over) => setTimeout(over, 1));
	const frames = device.inbox.splice(0).filter((_, i) => lost % (i + 3) !== 0);
	await device.takeInbox(order % 3 === 0 ? frames.reverse() : frames);
}
