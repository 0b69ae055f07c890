/** A device that has no room, or fails, in the middle of something. */
import 'fake-indexeddb/auto';
import { IDBObjectStore as FakeStore } from 'fake-indexeddb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { userScope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import { StorageFull } from '../../src/lib/sync/problems.ts';
import { consistent } from './consistent.ts';
import { Device } from './device.ts';
import { changeNote, editNote, fill, writeNote } from './notes.ts';
import { meet } from './people.ts';
import { openStage, type Stage } from './stage.ts';

const { put } = FakeStore.prototype;

/** From the n-th write on, there is no room. */
function fullAfter(writes: number, name = 'QuotaExceededError') {
	let left = writes;
	FakeStore.prototype.put = function (this: IDBObjectStore, ...given) {
		if (left-- <= 0) throw new DOMException('There is no room.', name);
		return put.apply(this, given) as IDBRequest<IDBValidKey>;
	};
}

function makeRoom() {
	FakeStore.prototype.put = put;
}

describe('a device without room', () => {
	let stage: Stage;
	let phone: Device;
	let desk: Device;
	let mine: string;

	beforeAll(async () => {
		stage = await openStage('postgres');
	});
	afterAll(() => stage.close());
	beforeEach(async () => {
		const me = await meet(stage);
		mine = userScope(me.id);
		phone = await new Device(stage, me).open();
		desk = await new Device(stage, me).open();
	});
	afterEach(() => {
		makeRoom();
		phone.close();
		desk.close();
	});

	async function write(device: Device, body: string): Promise<Id> {
		const id = newId();
		await device.sync.mutate(writeNote, { id, scope: mine, body });
		return id;
	}

	test('says so loudly, keeps nothing by halves, and goes on when there is room', async () => {
		for (let writes = 0; writes < 3; writes++) {
			fullAfter(writes);
			await expect(write(phone, 'no room')).rejects.toThrow(StorageFull);
			expect(phone.raised).toContain('storage');
			makeRoom();
			expect([await phone.notes(), await phone.local.outbox.count()]).toEqual([[], 0]);
			expect(await phone.local.images.count()).toBe(0);
		}
		await write(phone, 'room');
		expect(phone.raised).not.toContain('storage');
		await phone.settle();
		expect(await phone.notes()).toHaveLength(1);
	});

	test.each(['QuotaExceededError', 'UnknownError'])(
		'loses nothing when a rebase fails anywhere with %s',
		async (name) => {
			const id = await write(phone, 'one');
			await phone.settle();
			await desk.settle();
			await desk.sync.mutate(changeNote, { id, body: 'changed' });
			await desk.settle();
			for (let i = 0; i < 3; i++) await phone.sync.mutate(editNote, { id });
			for (let writes = 0; writes < 12; writes++) {
				fullAfter(writes, name);
				for (const what of ['push', 'pull'] as const) {
					await phone.sync[what]().catch(() => undefined);
				}
				makeRoom();
				await consistent(phone);
			}
			await phone.settle();
			await desk.settle();
			expect(await phone.notes()).toMatchObject([{ body: 'changed', edits: 3 }]);
			expect(await desk.notes()).toEqual(await phone.notes());
		}
	);

	test('a first sync that has no room is undone page by page, and goes on later', async () => {
		await fill(stage.talas.feeds, mine, 1_500);
		fullAfter(1_200);
		await expect(phone.sync.pull()).rejects.toThrow(StorageFull);
		makeRoom();
		expect(await phone.notes()).toHaveLength(1_000);
		await write(phone, 'meanwhile');
		await phone.settle();
		expect(await phone.notes()).toHaveLength(1_501);
	});
});
