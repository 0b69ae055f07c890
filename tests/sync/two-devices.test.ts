import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { userScope, type Scope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Acting } from '#server/http/tokens.ts';
import { kinds } from '../support/database.ts';
import { consistent } from './consistent.ts';
import { Device } from './device.ts';
import {
	breakNote,
	broken,
	changeNote,
	dream,
	dropNote,
	editNote,
	fill,
	joinRoom,
	leaveRoom,
	moveNote,
	tidy,
	writeNote
} from './notes.ts';
import { meet } from './people.ts';
import { backUp, openStage, restore, type Stage } from './stage.ts';

describe.each(kinds)('two devices of one person (%s)', (kind) => {
	let stage: Stage;
	let me: Acting;
	let mine: Scope;
	let phone: Device;
	let desk: Device;
	const devices: Device[] = [];

	beforeAll(async () => {
		stage = await openStage(kind);
	});
	afterAll(() => stage.close());
	beforeEach(async () => {
		me = await meet(stage);
		mine = userScope(me.id);
		phone = await take(new Device(stage, me));
		desk = await take(new Device(stage, me));
	});
	afterEach(() => {
		for (const device of devices.splice(0)) device.close();
		broken.clear();
	});

	async function take(device: Device) {
		devices.push(device);
		return device.open();
	}

	async function write(device: Device, body: string, scope = mine): Promise<Id> {
		const id = newId();
		await device.sync.mutate(writeNote, { id, scope, body });
		return id;
	}

	const bodies = async (device: Device) => (await device.notes()).map(({ body }) => body).sort();
	const attention = (device: Device) => device.local.attention.toArray();
	const waiting = (device: Device) => device.local.outbox.toArray();

	describe('in peace', () => {
		test('what is written in a tunnel is there at once, survives the app, and comes to the other', async () => {
			phone.offline = true;
			const id = await write(phone, 'a riff');
			expect(await phone.notes()).toEqual([{ id, body: 'a riff', place: 'desk', edits: 0 }]);
			await phone.crash();
			expect(await bodies(phone)).toEqual(['a riff']);
			phone.offline = false;
			await phone.settle();
			await desk.settle();
			expect(await desk.notes()).toEqual(await phone.notes());
			await consistent(phone);
		});

		test('both change the same note, and agree afterwards', async () => {
			const id = await write(phone, 'one');
			await phone.settle();
			await desk.settle();
			await phone.sync.mutate(changeNote, { id, body: 'phone' });
			await desk.sync.mutate(changeNote, { id, body: 'desk' });
			await phone.settle();
			await desk.settle();
			await phone.settle();
			expect([await bodies(phone), await bodies(desk)]).toEqual([['desk'], ['desk']]);
		});

		test('what others change shows under what is still pending here', async () => {
			const id = await write(phone, 'one');
			await phone.settle();
			await desk.settle();
			await phone.sync.mutate(editNote, { id });
			await desk.sync.mutate(changeNote, { id, body: 'changed' });
			await desk.sync.mutate(editNote, { id });
			await desk.settle();
			await phone.sync.pull();
			expect(await phone.notes()).toMatchObject([{ body: 'changed', edits: 2 }]);
			await phone.settle();
			await desk.settle();
			expect(await desk.notes()).toMatchObject([{ body: 'changed', edits: 2 }]);
		});

		test('live, a change comes without being asked for', async () => {
			await desk.settle();
			await desk.connect();
			await write(phone, 'live');
			await phone.settle();
			await expect.poll(() => desk.inbox.length).toBe(1);
			const asked = desk.requests.length;
			await desk.takeInbox();
			expect([await bodies(desk), desk.requests.length]).toEqual([['live'], asked]);
		});

		test('a frame that does not follow is not applied, and its news is pulled', async () => {
			await desk.settle();
			await desk.connect();
			await write(phone, 'one');
			await write(phone, 'two');
			await phone.settle();
			await expect.poll(() => desk.inbox.length).toBe(2);
			await desk.takeInbox(desk.inbox.splice(0).slice(1));
			expect(await bodies(desk)).toEqual([]);
			await desk.settle();
			expect(await bodies(desk)).toEqual(['one', 'two']);
		});

		test('an accepted change stays on the screen until its effect has come back', async () => {
			const id = await write(phone, 'mine');
			await phone.sync.push();
			expect([await waiting(phone), await bodies(phone)]).toEqual([[], ['mine']]);
			expect(await phone.local.accepted.count()).toBe(1);
			const seen: number[] = [];
			phone.local.notes.hook('deleting', () => void seen.push(1));
			await phone.sync.pull();
			expect([seen, await phone.local.accepted.count()]).toEqual([[], 0]);
			expect(await phone.local.notes.get(id)).toMatchObject({ _scope: mine, _v: 1 });
		});

		test('a twin that reads by an index is replayed when what it reads changes', async () => {
			await phone.settle();
			await phone.sync.mutate(tidy, { from: 'desk', to: 'bin' });
			await write(desk, 'on the desk');
			await desk.settle();
			await phone.sync.pull();
			expect(await phone.notes()).toMatchObject([{ place: 'bin' }]);
			await consistent(phone);
			await phone.settle();
			await desk.settle();
			expect(await desk.notes()).toMatchObject([{ place: 'bin' }]);
		});

		test('joining fills a scope, leaving empties it; what moves away goes', async () => {
			const room = `room:${newId()}`;
			await desk.sync.mutate(joinRoom, { scope: room });
			await desk.settle();
			const [kept, moved] = [await write(desk, 'kept', room), await write(desk, 'moved', room)];
			await desk.settle();
			await phone.settle();
			expect(await bodies(phone)).toEqual(['kept', 'moved']);
			for (const scope of [mine, room, mine]) {
				await desk.sync.mutate(moveNote, { id: moved, scope });
				await desk.settle();
				await phone.settle();
				expect(await bodies(phone)).toEqual(['kept', 'moved']);
				expect(await phone.local.notes.get(moved)).toMatchObject({ _scope: scope });
			}
			await desk.sync.mutate(leaveRoom, { scope: room });
			await desk.settle();
			await phone.settle();
			expect((await phone.notes()).map(({ id }) => id)).toEqual([moved]);
			expect(await phone.local.notes.get(kept)).toBeUndefined();
		});

		test('old news does not bring back what is gone', async () => {
			await desk.settle();
			await desk.connect();
			const id = await write(phone, 'short-lived');
			await phone.settle();
			await phone.sync.mutate(dropNote, { id });
			await phone.settle();
			await expect.poll(() => desk.inbox.length).toBe(2);
			const [made, dropped] = desk.inbox;
			if (!made || !dropped) throw new Error('Two frames were to come.');
			await desk.takeInbox([made, dropped]);
			const other = await meet(stage);
			const elsewhere = { ...made, scope: userScope(other.id), base: 0, revision: 1 };
			await desk.local.cursors.put({ ...newCursor, scope: elsewhere.scope });
			await desk.takeInbox([elsewhere]);
			expect(await bodies(desk)).toEqual([]);
		});
	});

	describe('when the network fails', () => {
		test('a lost answer, a request that arrives twice: each thing takes effect once', async () => {
			const id = await write(phone, 'one');
			for (let i = 0; i < 5; i++) await phone.sync.mutate(editNote, { id });
			phone.fates = ['answer is lost', 'arrives twice'];
			expect(await phone.attempt('push')).toBe(false);
			await phone.crash();
			phone.fates = ['arrives twice'];
			await phone.settle();
			expect(await phone.notes()).toMatchObject([{ edits: 5 }]);
		});

		test('answers are told as seen only after they were kept', async () => {
			await write(phone, 'one');
			phone.fates = ['answer is lost'];
			await phone.attempt('push');
			await phone.sync.push();
			await write(phone, 'two');
			await phone.sync.push();
			const seen = phone.requests
				.filter(({ path }) => path.endsWith('push'))
				.map(({ json }) => (json as { seen: number }).seen);
			expect(seen).toEqual([0, 0, 1]);
		});

		test('killed anywhere while thousands of records come, it goes on where it was', async () => {
			await fill(stage.talas.feeds, mine, 3_500);
			for (let crash = 0; crash < 6; crash++) {
				const pulling = desk.sync.pull().catch(() => undefined);
				await new Promise((over) => setTimeout(over, 20 + crash * 40));
				await desk.crash();
				await pulling;
			}
			await desk.settle();
			await phone.settle();
			expect((await desk.notes()).length).toBe(3_500);
			expect(await desk.notes()).toEqual(await phone.notes());
		});
	});

	describe('when the server refuses', () => {
		test('the change lies before the person, its effect is gone, and those behind it go through', async () => {
			const dreamt = newId();
			await phone.sync.mutate(dream, { id: dreamt });
			await phone.sync.mutate(changeNote, { id: dreamt, body: 'depends on it' });
			await write(phone, 'good');
			expect(await phone.notes()).toHaveLength(2);
			await phone.settle();
			expect(await bodies(phone)).toEqual(['good']);
			expect(await attention(phone)).toMatchObject([
				{ name: 'notes.dream', state: 'refused', lastError: { code: 'rejected-by-state' } },
				{ name: 'notes.changeNote', state: 'refused', lastError: { code: 'not-found' } }
			]);
			await consistent(phone);
		});

		test('arguments that are not right are refused here, and nothing is kept', async () => {
			const wrong = phone.sync.mutate(writeNote, { id: newId(), scope: mine, body: '  ' });
			await expect(wrong).rejects.toMatchObject({
				code: 'invalid-input',
				errors: [{ path: 'body', code: 'too-short' }]
			});
			expect([await waiting(phone), await phone.notes()]).toEqual([[], []]);
		});

		test('a mutation that the server does not know is refused, not lost', async () => {
			await write(phone, 'one');
			await phone.local.outbox.update(1, { name: 'notes.ofTomorrow' });
			await phone.settle();
			expect(await attention(phone)).toMatchObject([{ lastError: { code: 'unknown-mutation' } }]);
		});

		test('sent again, it is another mutation of the same time', async () => {
			const id = newId();
			await phone.sync.mutate(changeNote, { id, body: 'too early' });
			await phone.settle();
			const [refused] = await attention(phone);
			await desk.sync.mutate(writeNote, { id, scope: mine, body: 'made' });
			await desk.settle();
			await phone.sync.pull();
			await phone.sync.retry(refused?.id ?? '');
			expect(await waiting(phone)).toMatchObject([{ at: refused?.at, args: refused?.args }]);
			expect((await waiting(phone))[0]?.id).not.toBe(refused?.id);
			expect(await bodies(phone)).toEqual(['too early']);
			await phone.settle();
			expect([await attention(phone), await bodies(phone)]).toEqual([[], ['too early']]);
		});

		test('what fails ten times is parked, and blocks nothing any more', async () => {
			const id = await write(phone, 'one');
			await phone.settle();
			broken.add(id);
			await phone.sync.mutate(breakNote, { id });
			await write(phone, 'behind');
			for (let i = 0; i < 9; i++) expect(await phone.sync.push()).toBe('later');
			expect(await waiting(phone)).toMatchObject([{ attempts: 9 }, {}]);
			await phone.settle();
			expect(await attention(phone)).toMatchObject([
				{ name: 'notes.breakNote', state: 'parked', lastError: { code: 'busy' } }
			]);
			expect(await bodies(phone)).toEqual(['behind', 'one']);
			await consistent(phone);
		});

		test('what was parked and turns out to be applied needs no attention', async () => {
			const id = await write(phone, 'one');
			phone.fates = ['answer is lost'];
			await phone.attempt('push');
			const [sent] = await waiting(phone);
			await phone.local.outbox.update(1, { attempts: 9 });
			const { post } = phone.sync.world;
			phone.sync.world.post = async () => busy(sent?.n ?? 0);
			expect(await phone.sync.push()).toBe('later');
			phone.sync.world.post = post;
			expect(await attention(phone)).toMatchObject([{ state: 'parked' }]);
			await phone.settle();
			expect([await attention(phone), await phone.notes()]).toMatchObject([[], [{ id }]]);
		});

		test('what is given up while it waits never happens, wherever its request is', async () => {
			const id = await write(phone, 'regretted');
			phone.fates = ['is lost'];
			await phone.attempt('push');
			const [sent] = await waiting(phone);
			await phone.sync.discard(sent?.id ?? '');
			expect(await phone.notes()).toEqual([]);
			await phone.settle();
			await write(phone, 'next');
			await phone.settle();
			await desk.settle();
			expect(await bodies(desk)).toEqual(['next']);
			expect((await desk.notes()).map((note) => note.id)).not.toContain(id);
		});

		test('a request too large is halved; one mutation too large is refused', async () => {
			const { post } = phone.sync.world;
			const sizes: number[] = [];
			phone.sync.world.post = async (path, json) => {
				const { mutations = [] } = json as { mutations?: { args: { body?: string } }[] };
				sizes.push(mutations.length);
				const most = mutations.some(({ args }) => (args.body?.length ?? 0) > 5_000) ? 0 : 4;
				if (mutations.length > most) throw new ProblemError('payload-too-large');
				return post(path, json);
			};
			for (let i = 0; i < 10; i++) await write(phone, i === 6 ? 'x'.repeat(6_000) : `note ${i}`);
			await phone.settle();
			expect(await attention(phone)).toMatchObject([
				{ state: 'refused', lastError: { code: 'payload-too-large' } }
			]);
			expect(await bodies(phone)).toHaveLength(9);
			expect(sizes.slice(0, 3)).toEqual([10, 5, 2]);
		});

		test('a batch has 100 mutations and 200 kB at most', async () => {
			for (let i = 0; i < 120; i++) await write(phone, `note ${i}`);
			for (let i = 0; i < 3; i++) await write(phone, 'x'.repeat(90_000));
			await phone.settle();
			const sizes = phone.requests
				.filter(({ path }) => path.endsWith('push'))
				.map(({ json }) => (json as { mutations: unknown[] }).mutations.length);
			expect(sizes).toEqual([100, 22, 1]);
		});
	});

	describe('when copies and restores confuse the numbers', () => {
		test('a cloned device takes another id, and both go on', async () => {
			await write(phone, 'before');
			await phone.settle();
			const clone = await phone.clone();
			devices.push(clone);
			await write(phone, 'original');
			await phone.settle();
			await write(clone, 'clone');
			await write(clone, 'clone too');
			await clone.settle();
			await phone.settle();
			expect(await bodies(phone)).toEqual(['before', 'clone', 'clone too', 'original']);
			expect(await bodies(clone)).toEqual(await bodies(phone));
		});

		test('a server that forgot numbers is told them under another id', async () => {
			await write(phone, 'one');
			await phone.settle();
			const client = await phone.local.settings.get('client');
			await phone.local.settings.put({ ...client, key: 'client', value: { id: newId(), last: 7 } });
			await write(phone, 'two');
			await phone.settle();
			expect(await bodies(phone)).toEqual(['one', 'two']);
		});

		test('a number that jumps back is a fork, and nothing is lost', async () => {
			await write(phone, 'one');
			await write(phone, 'two');
			await phone.settle();
			const { value } = (await phone.local.settings.get('client')) ?? {};
			await phone.local.settings.put({ key: 'client', value: { ...(value as object), last: 0 } });
			await write(phone, 'three');
			await phone.settle();
			expect(await bodies(phone)).toEqual(['one', 'three', 'two']);
		});

		test('a server restored from a copy: what waits is sent once, what it forgot goes', async () => {
			const id = await write(phone, 'before');
			await phone.settle();
			await desk.settle();
			await phone.sync.mutate(editNote, { id });
			phone.fates = ['answer is lost'];
			await phone.attempt('push');
			const copy = await backUp(stage.talas.db);
			await write(desk, 'forgotten');
			await desk.settle();
			await restore(stage.talas.db, copy);
			await write(desk, 'after');
			await desk.settle();
			await phone.settle();
			await desk.settle();
			expect(await bodies(desk)).toEqual(['after', 'before']);
			expect(await desk.notes()).toEqual(await phone.notes());
			expect(await desk.local.notes.get(id)).toMatchObject({ edits: 1 });
		});

		test('a restored server that counted on past this device is not taken for the old one', async () => {
			await write(phone, 'kept');
			await phone.settle();
			const copy = await backUp(stage.talas.db);
			await write(desk, 'forgotten');
			await desk.settle();
			await restore(stage.talas.db, copy);
			for (const body of ['new 1', 'new 2', 'new 3']) await write(phone, body);
			await phone.settle();
			await desk.settle();
			expect(await bodies(desk)).toEqual(['kept', 'new 1', 'new 2', 'new 3']);
			await consistent(desk);
		});

		test('a cursor from the future starts again; a scope of others is left', async () => {
			await write(phone, 'one');
			await phone.settle();
			const theirs = userScope((await meet(stage)).id);
			await desk.settle();
			await desk.local.cursors.update(mine, { revision: 99 });
			await desk.local.cursors.put({ ...newCursor, scope: theirs, revision: 3 });
			await desk.local.table('notes').put({ id: newId(), body: 'theirs', _scope: theirs });
			await desk.local.table('notes').put({ id: newId(), body: 'ghost', _scope: mine, _v: 9 });
			await desk.settle();
			expect(await bodies(desk)).toEqual(['one']);
			expect(await desk.local.cursors.get(theirs)).toBeUndefined();
		});

		test.each([-3650, 3650])('a clock %i days off changes nothing', async (days) => {
			phone.skew = days * 86_400_000;
			const id = await write(phone, 'out of time');
			await phone.sync.mutate(editNote, { id });
			await phone.settle();
			await desk.settle();
			expect(await desk.notes()).toMatchObject([{ body: 'out of time', edits: 1 }]);
		});

		test('what differs without a reason is found, filled anew and told; unsent work stays', async () => {
			const id = await write(phone, 'one');
			await phone.settle();
			await phone.local.table('notes').update(id, { _v: 7, body: 'rotten' });
			phone.offline = true;
			await write(phone, 'unsent');
			phone.offline = false;
			expect(await phone.sync.check()).toEqual([mine]);
			expect(phone.diverged).toEqual([mine]);
			await phone.sync.pull();
			expect(await bodies(phone)).toEqual(['one', 'unsent']);
			expect(await waiting(phone)).toHaveLength(1);
			expect(await phone.sync.check()).toEqual([]);
		});
	});

	describe('left to itself', () => {
		test('it sends when there is a way, as soon as it is woken, and asks for what is new', async () => {
			phone.offline = true;
			const end = new AbortController();
			const done = phone.sync.run(end.signal);
			await write(phone, 'one');
			await expect.poll(() => phone.requests.length).toBeGreaterThan(0);
			phone.offline = false;
			phone.sync.wake();
			await expect.poll(() => waiting(phone)).toEqual([]);
			await expect.poll(() => phone.local.accepted.count()).toBe(0);
			await write(desk, 'two');
			await desk.settle();
			phone.sync.want('pull');
			await expect.poll(() => bodies(phone)).toEqual(['one', 'two']);
			await write(phone, 'three');
			await expect.poll(() => waiting(phone)).toEqual([]);
			end.abort();
			await done;
		});

		test('a session that ended pauses it, and signing in again lets it go on', async () => {
			const { post } = phone.sync.world;
			phone.sync.world.post = () => Promise.reject(new ProblemError('session-ended'));
			const end = new AbortController();
			const done = phone.sync.run(end.signal);
			await write(phone, 'one');
			await new Promise((over) => setTimeout(over, 50));
			expect(await waiting(phone)).toHaveLength(1);
			phone.sync.world.post = post;
			phone.sync.wake();
			await expect.poll(() => waiting(phone)).toEqual([]);
			end.abort();
			await done;
		});

		test('kinds that came before this code knew them are there when it does', async () => {
			await write(phone, 'one');
			await phone.settle();
			desk.local.kinds = desk.local.kinds.filter((kind) => kind !== 'notes');
			await desk.sync.pull();
			expect(await desk.local.cursors.get(mine)).toMatchObject({ strays: ['notes'] });
			desk.local.kinds = phone.local.kinds;
			const end = new AbortController();
			const done = desk.sync.run(end.signal);
			await expect.poll(() => bodies(desk)).toEqual(['one']);
			end.abort();
			await done;
		});
	});

	describe('in two tabs', () => {
		test('both send the same outbox at the same time, and each thing takes effect once', async () => {
			const id = await write(phone, 'one');
			for (let i = 0; i < 20; i++) await phone.sync.mutate(editNote, { id });
			const tab = await phone.secondTab();
			devices.push(tab);
			await Promise.all([phone.settle(), tab.settle(), phone.settle(), tab.settle()]);
			await desk.settle();
			expect(await desk.notes()).toMatchObject([{ edits: 20 }]);
			expect(await phone.notes()).toEqual(await desk.notes());
			await consistent(phone);
		});

		test('newer code in the database ends what older code would do to it', async () => {
			await write(phone, 'one');
			await phone.local.settings.put({ key: 'codeVersion', value: 99 });
			await expect(phone.sync.push()).rejects.toThrow('newer');
			expect(await waiting(phone)).toHaveLength(1);
			await expect.poll(() => phone.outdated).toBe(true);
		});
	});
});

const newCursor = { revision: 0, epoch: 0, more: false, filling: false, sweep: false };

/** What a server answers that fails in a way that may pass. */
function busy(n: number) {
	const problem = {
		type: '',
		title: '',
		status: 503,
		code: 'busy',
		detail: '',
		requestId: 'none',
		retryable: true
	};
	return { history: newId().replace('-7', '-4'), results: [{ n, problem }], lastMutation: 0 };
}
