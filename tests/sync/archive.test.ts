/** Archives and tables: out of one device and into another, without a network. */
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, type Id } from '#shared/id.ts';
import * as library from '#shared/library.ts';
import * as products from '#shared/products.ts';
import type { Acting } from '#server/http/tokens.ts';
import { exportArchive, importArchive } from '../../src/lib/archive.ts';
import { useLocal } from '../../src/lib/db/local.ts';
import { exportCsv, importCsv } from '../../src/lib/products/csv-verbs.ts';
import { myProducts, productTagsInUse, productWindow } from '../../src/lib/products/queries.ts';
import { syncWith } from '../../src/lib/sync/current.ts';
import { mutate } from '../../src/lib/sync/mutate.ts';
import { openTestTalas, type TestTalas } from '../support/talas.ts';
import { Device } from './device.ts';
import { meet } from './people.ts';

const kept = ['products', 'releases', 'favourites', 'collections', 'collectionItems', 'taggings'];

describe('what a person takes out and brings back', () => {
	let talas: TestTalas;
	let me: Acting;
	let device: Device;

	beforeAll(async () => {
		talas = await openTestTalas('embedded');
	});
	afterAll(() => talas.close());
	beforeEach(async () => {
		me = await meet(talas);
		await hold();
		device.offline = true;
	});
	afterEach(() => device.close());

	/** Takes a new device in the hand. */
	async function hold() {
		device = await new Device(talas, me).open();
		useLocal(device.local);
		syncWith(device.sync);
	}

	async function records() {
		const all: Record<string, unknown[]> = {};
		for (const name of [...kept, 'bookmarks']) {
			const rows = await device.local.table(name).orderBy('id').toArray();
			all[name] = rows.map((row: Record<string, unknown>) => {
				const own = Object.entries(row).filter(([key]) => !/At$|^_|^owner$/.test(key));
				return Object.fromEntries(own);
			});
		}
		return all;
	}

	async function fill() {
		const [id, thrown, a, b] = [newId(), newId(), newId(), newId()];
		const thing = `products:${id}`;
		await mutate(products.addProduct, {
			id,
			kind: 'module',
			maker: 'Make Noise',
			model: 'Maths',
			tags: ['generator'],
			details: { hp: 20 }
		});
		const from = { kind: 'module', details: { formats: null } };
		const change = { kind: 'plug-in' as const, details: { formats: ['vst3' as const] } };
		await mutate(products.changeProduct, { id, change, from });
		const release = { id: newId(), productId: id, version: '2', date: '2026-03-01', text: 'new' };
		await mutate(products.addRelease, release);
		await mutate(products.addProduct, { id: thrown, kind: 'other', model: 'thrown' });
		await mutate(products.trashProduct, { id: thrown });
		await mutate(library.addCollection, {
			id: a,
			name: 'Rack: live?',
			parentId: null,
			position: 'a0'
		});
		await mutate(library.addCollection, { id: b, name: '..', parentId: a, position: 'a0' });
		await mutate(library.addItem, { id: newId(), collectionId: b, thing, position: 'a0' });
		await mutate(library.addFavourite, { id: newId(), thing });
		await mutate(library.addTag, { id: newId(), thing, tag: 'mine' });
		const place = { in: 'time' as const, seconds: 62.5 };
		await mutate(library.addBookmark, { id: newId(), thing, place, note: 'two\nlines' });
		return { id, thing, a, b };
	}

	test('an archive made offline brings everything back on a device that has nothing', async () => {
		await fill();
		const [archive, before] = [await exportArchive(me.id), await records()];
		device.close();
		await hold();
		device.offline = true;
		expect(await importArchive(me.id, archive)).toEqual({ added: 8, problems: [] });
		expect(await records()).toEqual(before);
		device.offline = false;
		await device.settle();
		expect(await device.local.attention.toArray()).toEqual([]);
		expect(await records()).toEqual(before);
		expect(await importArchive(me.id, archive)).toEqual({ added: 0, problems: [] });
		expect(await device.local.outbox.count()).toBe(0);
	});

	test('what is there stays as it is: an older archive overwrites nothing', async () => {
		const { id } = await fill();
		const archive = await exportArchive(me.id);
		const change = { model: 'Maths 2' };
		await mutate(products.changeProduct, { id, change, from: { model: 'Maths' } });
		await importArchive(me.id, archive);
		expect(await device.local.products.get(id)).toMatchObject({ model: 'Maths 2' });
	});

	test('its pages are read without Talas, and their names lead nowhere', async () => {
		await fill();
		const files = unzipSync(new Uint8Array(await (await exportArchive(me.id)).arrayBuffer()));
		const page = strFromU8(files['library/collections/Rack- live-/-.md'] ?? new Uint8Array());
		expect(page).toContain('- Make Noise Maths');
		expect(strFromU8(files['library/bookmarks.md'] ?? new Uint8Array())).toContain(
			'- 1:02.5: two\n  lines'
		);
		expect(Object.keys(files).filter((name) => /\.\.|^\//.test(name))).toEqual([]);
	});

	test.each([
		[
			'of another person',
			(files: Files) => edit(files, 'talas.json', { owner: newId() }),
			'talas.json',
			'owner'
		],
		[
			'without its products',
			(files: Files) => drop(files, 'products/products.json'),
			'products/products.json',
			''
		],
		[
			'with a broken file',
			(files: Files) => put(files, 'library/library.json', '{'),
			'library/library.json',
			''
		],
		[
			'with a wrong record',
			(files: Files) => put(files, 'products/products.json', '[{}]'),
			'products/products.json',
			'0.id'
		]
	])('an archive %s is refused by name, and nothing of it comes', async (_, spoil, file, path) => {
		await fill();
		const files = unzipSync(new Uint8Array(await (await exportArchive(me.id)).arrayBuffer()));
		spoil(files);
		device.close();
		await hold();
		const brought = await importArchive(me.id, new Blob([zipSync(files) as BlobPart]));
		expect(brought.added).toBe(0);
		expect(brought.problems[0]).toMatchObject({ file, path });
		expect(await device.local.outbox.count()).toBe(0);
	});

	test('a file that is no archive is refused', async () => {
		const { added, problems } = await importArchive(me.id, new Blob(['no zip']));
		expect([added, problems.length]).toEqual([0, 3]);
	});

	test('a table goes out, is edited, and comes back as changes', async () => {
		const { id } = await fill();
		const csv = await (await exportCsv(me.id)).text();
		expect(await importCsv(me.id, csv)).toEqual({ added: 0, changed: 0, problems: [] });
		const edited = `${csv.replace('Maths', 'Maths 2').replace('generator', 'envelope')}\r\n,other,,Fresh`;
		expect(await importCsv(me.id, edited)).toEqual({ added: 1, changed: 1, problems: [] });
		const product = await device.local.products.get(id);
		expect(product).toMatchObject({ model: 'Maths 2', tags: ['envelope'], details: { hp: 20 } });
		await importCsv(me.id, `id,model,year\n${id},Maths 3,2013`);
		expect(await device.local.products.get(id)).toMatchObject({ year: 2013, maker: 'Make Noise' });
	});

	test('a table with one mistake brings nothing', async () => {
		const { added, changed, problems } = await importCsv(me.id, 'model,hp\nfine,\nwrong,8');
		expect([added, changed]).toEqual([0, 0]);
		expect(problems).toEqual([{ line: 3, column: 'hp', code: 'unknown-field' }]);
		expect(await device.local.outbox.count()).toBe(0);
	});

	test('windows of a list follow every change, and leave out the trash', async () => {
		const ids: Id[] = [];
		for (let i = 0; i < 30; i++) {
			ids.push(newId());
			const model = `m${String(29 - i).padStart(2, '0')}`;
			await mutate(products.addProduct, { id: ids[i] ?? '', kind: 'other', model, tags: ['one'] });
		}
		const names = async (from: number) =>
			(await productWindow(me.id, { sort: 'name', from, size: 3 })).map(({ model }) => model);
		expect(await names(10)).toEqual(['m10', 'm11', 'm12']);
		await mutate(products.trashProduct, { id: ids[29] ?? '' });
		await expect.poll(() => names(10)).toEqual(['m11', 'm12', 'm13']);
		expect(await myProducts(me.id)).toHaveLength(29);
		expect(await productTagsInUse()).toEqual(['one']);
	});
});

type Files = Record<string, Uint8Array>;

function put(files: Files, name: string, text: string) {
	files[name] = new TextEncoder().encode(text);
}

function edit(files: Files, name: string, change: object) {
	const before = JSON.parse(strFromU8(files[name] ?? new Uint8Array())) as object;
	put(files, name, JSON.stringify({ ...before, ...change }));
}

function drop(files: Files, name: string) {
	delete files[name];
}
