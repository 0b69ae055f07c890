/**
 * A twin believes what the deed will do. A device does things offline; what it believes then is what
 * the server makes of it, record by record.
 */
import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { newId, type Id } from '#shared/id.ts';
import * as library from '#shared/library.ts';
import type { Mutation } from '#shared/mutation.ts';
import * as products from '#shared/products.ts';
import type { Acting } from '#server/http/tokens.ts';
import { kinds } from '../support/database.ts';
import { openTestTalas, type TestTalas } from '../support/talas.ts';
import { Device } from './device.ts';
import { meet } from './people.ts';

const tables = [
	'products',
	'releases',
	'favourites',
	'collections',
	'collectionItems',
	'taggings',
	'bookmarks'
] as const;

describe.each(kinds)('what a device believes is what the server does (%s)', (kind) => {
	let talas: TestTalas;
	let me: Acting;
	let phone: Device;

	beforeAll(async () => {
		talas = await openTestTalas(kind);
	});
	afterAll(() => talas.close());
	beforeEach(async () => {
		me = await meet(talas);
		phone = await new Device(talas, me).open();
	});
	afterEach(() => phone.close());

	const act = <M extends Mutation>(mutation: M, args: z.input<M['args']>) =>
		phone.sync.mutate(mutation, args);

	/** All records of the device, without what only the server knows: the owner's name, exact times. */
	async function believed() {
		const all: Record<string, unknown[]> = {};
		for (const name of tables) {
			const rows = await phone.local.table(name).orderBy('id').toArray();
			all[name] = rows.map((row: Record<string, unknown>) => plain(row));
		}
		return all;
	}

	function plain(row: Record<string, unknown>) {
		const kept = Object.entries(row).filter(([name]) => !name.startsWith('_'));
		return Object.fromEntries(
			kept.map(([name, value]) => {
				if (name === 'owner') return [name, (value as { id: Id }).id];
				return [name, name.endsWith('At') && value !== null ? 'a time' : value];
			})
		);
	}

	async function mustAgree() {
		const before = await believed();
		await phone.settle();
		expect(await phone.local.attention.toArray()).toEqual([]);
		expect(await believed()).toEqual(before);
		expect(await phone.local.images.count()).toBe(0);
	}

	test('of a product and its changelog', async () => {
		phone.offline = true;
		const [id, other, gone] = [newId(), newId(), newId()];
		const [one, two] = [newId(), newId()];
		await act(products.addProduct, {
			id,
			kind: 'plug-in',
			model: ' Surge  XT ',
			tags: ['Synth', '#free', 'synth'],
			details: { formats: ['vst3', 'au', 'au'], type: 'instrument' },
			links: [{ label: 'home', url: 'https://surge-synthesizer.github.io' }],
			licence: { name: 'custom', text: 'GPL 3\r\nor later' }
		});
		await act(products.changeProduct, {
			id,
			change: { year: 2022, compatibility: { os: ['linux'] }, details: { type: null } },
			from: { year: null, compatibility: { os: [] }, details: { type: 'instrument' } }
		});
		await act(products.addProductTag, { id, tag: 'MPE' });
		await act(products.removeProductTag, { id, tag: 'free' });
		for (const release of [one, two]) {
			await act(products.addRelease, {
				id: release,
				productId: id,
				version: '1.3',
				date: '2026-02-28',
				text: 'new'
			});
		}
		await act(products.changeRelease, {
			id: one,
			change: { text: 'newer' },
			from: { text: 'new' }
		});
		await act(products.removeRelease, { id: two });
		for (const each of [other, gone]) {
			await act(products.addProduct, { id: each, kind: 'other', model: 'x' });
			await act(products.addRelease, {
				id: newId(),
				productId: each,
				version: '1',
				date: '2026-02-28',
				text: ''
			});
			await act(products.trashProduct, { id: each });
		}
		await act(products.restoreProduct, { id: other });
		await act(products.deleteProduct, { id: gone });
		await act(products.changeProduct, {
			id,
			change: { visibility: 'public' },
			from: { visibility: 'private' }
		});
		phone.offline = false;
		await mustAgree();
		expect((await phone.local.products.get(id))?.owner.handle).not.toBe('');
	});

	test('of stars, tags, bookmarks and what lies in folders', async () => {
		phone.offline = true;
		const [id, a, b, bookmark] = [newId(), newId(), newId(), newId()];
		const thing = `products:${id}`;
		await act(products.addProduct, { id, kind: 'other', model: 'x' });
		for (const n of [1, 2]) {
			await act(library.addFavourite, { id: newId(), thing });
			await act(library.addTag, { id: newId(), thing, tag: n === 1 ? 'Drone' : 'drone' });
		}
		await act(library.addTag, { id: newId(), thing, tag: 'gone' });
		await act(library.removeTag, { thing, tag: 'GONE' });
		await act(library.addBookmark, {
			id: bookmark,
			thing,
			place: { in: 'time', seconds: 4 },
			note: ' two \r\n lines '
		});
		await act(library.changeBookmark, {
			id: bookmark,
			change: { place: { in: 'words', text: 'the bridge' } },
			from: { place: { in: 'time', seconds: 4 } }
		});
		for (const [collection, parentId] of [
			[a, null],
			[b, a]
		] as const) {
			await act(library.addCollection, { id: collection, name: 'x', parentId, position: 'a0' });
			await act(library.addItem, { id: newId(), collectionId: collection, thing, position: 'a0' });
			await act(library.addItem, { id: newId(), collectionId: collection, thing, position: 'a9' });
		}
		await act(library.addItem, {
			id: newId(),
			collectionId: a,
			thing: `bookmarks:${bookmark}`,
			position: 'a1'
		});
		await act(library.moveItem, { collectionId: a, thing, to: b, position: 'a5' });
		await act(library.moveItem, {
			collectionId: a,
			thing: `bookmarks:${bookmark}`,
			to: a,
			position: 'Zz'
		});
		phone.offline = false;
		await mustAgree();
		await act(library.removeFavourite, { thing });
		await act(library.removeItem, { collectionId: b, thing });
		await act(library.removeBookmark, { id: bookmark });
		await mustAgree();
	});

	test('of folders, whatever is done to them in whatever order', async () => {
		const which = fc.nat(5);
		const deed = fc.oneof(
			fc.record({ what: fc.constant('add' as const), id: which, to: which }),
			fc.record({ what: fc.constant('move' as const), id: which, to: which }),
			fc.record({ what: fc.constant('trash' as const), id: which, to: which }),
			fc.record({ what: fc.constant('restore' as const), id: which, to: which }),
			fc.record({ what: fc.constant('delete' as const), id: which, to: which }),
			fc.record({ what: fc.constant('rename' as const), id: which, to: which })
		);
		await fc.assert(
			fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 14 }), async (deeds) => {
				me = await meet(talas);
				phone.close();
				phone = await new Device(talas, me, new IDBFactory()).open();
				phone.offline = true;
				const ids = Array.from({ length: 6 }, () => newId());
				for (const { what, id, to } of deeds) await perform(what, ids[id], ids[to]);
				phone.offline = false;
				await mustAgree();
			}),
			{ numRuns: kind === 'embedded' ? 60 : 30 }
		);
	}, 180_000);

	/** As the screen would do it: only what makes sense for what is seen. */
	async function perform(what: string, id = newId(), to = newId()) {
		const all = await phone.local.collections.toArray();
		const row = all.find((each) => each.id === id);
		const parentId = all.some((each) => each.id === to) ? to : null;
		if (what === 'add') {
			await act(library.addCollection, {
				id,
				name: 'x',
				parentId: id === to ? null : parentId,
				position: 'a0'
			});
		}
		if (!row) return;
		const inside = all.filter((_, i) => i % 3 > 0).map((each) => each.id);
		if (what === 'move' && parentId !== row.parentId) {
			await act(library.moveCollection, { id, parentId, position: 'a1', from: row.parentId });
		}
		if (what === 'trash') await act(library.trashCollection, { id, inside });
		if (what === 'restore') await act(library.restoreCollection, { id });
		if (what === 'delete' && row.trashedAt) await act(library.deleteCollection, { id });
		if (what === 'rename') {
			await act(library.changeCollection, { id, change: { name: to }, from: { name: row.name } });
		}
	}
});
