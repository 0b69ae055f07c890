import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { userScope } from '#shared/feed.ts';
import { newId } from '#shared/id.ts';
import type { Acting } from '#server/http/tokens.ts';
import { kinds } from '../support/database.ts';
import { openTestTalas, type TestTalas } from '../support/talas.ts';
import { Device } from './device.ts';
import { addNotes, changeNote, createTable, dropNote, writeNote } from './notes.ts';
import { meet } from './people.ts';

addNotes();

describe.each(kinds)('two devices of one person (%s)', (kind) => {
	let talas: TestTalas;
	let me: Acting;
	let phone: Device;
	let desk: Device;
	const devices: Device[] = [];

	beforeAll(async () => {
		talas = await openTestTalas(kind);
		await createTable(talas.talas.db);
	});
	afterAll(() => talas.close());
	beforeEach(async () => {
		me = await meet(talas);
		phone = await take();
		desk = await take();
	});
	afterEach(() => {
		for (const device of devices.splice(0)) device.close();
	});

	async function take(device = new Device(talas, me)) {
		devices.push(device);
		return device.open();
	}
	const write = (device: Device, body: string, id = newId()) =>
		device.sync.mutate(writeNote, { id, scope: userScope(me.id), body }).then(() => id);

	test('what one writes in a tunnel is there at once, and on the other after the tunnel', async () => {
		phone.offline = true;
		const id = await write(phone, 'a riff');
		expect(await phone.notes()).toEqual([{ id, body: 'a riff', place: 'desk', edits: 0 }]);
		await phone.crash();
		expect(await phone.notes()).toHaveLength(1);
		phone.offline = false;
		await phone.settle();
		await desk.settle();
		expect(await desk.notes()).toEqual([{ id, body: 'a riff', place: 'desk', edits: 0 }]);
		expect(await phone.notes()).toEqual(await desk.notes());
		expect(await phone.local.images.count()).toBe(0);
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
		expect(await phone.notes()).toMatchObject([{ body: 'desk' }]);
		await phone.sync.mutate(dropNote, { id });
		await phone.settle();
		await desk.settle();
		expect([await phone.notes(), await desk.notes()]).toEqual([[], []]);
	});
});
