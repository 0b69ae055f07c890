import { sql } from 'drizzle-orm';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Conflict } from '#shared/conflicts.ts';
import { newId, type Id } from '#shared/id.ts';
import {
	addBookmark,
	addCollection,
	addFavourite,
	addItem,
	addTag,
	changeBookmark,
	changeCollection,
	deleteCollection,
	moveCollection,
	moveItem,
	removeBookmark,
	removeFavourite,
	removeItem,
	removeTag,
	restoreCollection,
	restoreVersion,
	trashCollection,
	type Collection,
	type CollectionItem,
	type Contents,
	type Favourite,
	type Tagging,
	type Version
} from '#shared/library.ts';
import { addProduct, changeProduct } from '#shared/products.ts';
import { kinds } from '../../tests/support/database.ts';
import { Outbox } from '../../tests/support/outbox.ts';
import { openTestTalas, type Browser, type TestTalas } from '../../tests/support/talas.ts';
import { sweepCollections } from './trash.ts';

const hour = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * hour);

describe.each(kinds)('the library (%s)', (kind) => {
	let t: TestTalas;
	let ana: Browser;
	let ben: Browser;
	let anaId: Id;
	let phone: Outbox;
	let laptop: Outbox;
	let theirs: Outbox;

	beforeAll(async () => {
		t = await openTestTalas(kind);
		[ana, ben] = [t.browser(), t.browser()];
		anaId = (await ana.register('ana')).user.id;
		await ben.register('ben');
		// So that people may act hours ago, offline.
		await t.talas.db.execute(sql`update accounts set created_at = now() - interval '400 days'`);
		await ana.signIn('ana');
		await ben.signIn('ben');
		[phone, laptop, theirs] = [new Outbox(ana), new Outbox(ana), new Outbox(ben)];
	});
	afterAll(() => t.close());

	/** A product, by the name that the library knows it by. */
	async function thing(on = phone, visibility: 'private' | 'shared' | 'public' = 'private') {
		const id = newId();
		await on.do(addProduct, { id, kind: 'module', model: 'Maths', visibility });
		return `products:${id}`;
	}

	async function folder(name: string, parentId: Id | null = null, on = phone) {
		const id = newId();
		await on.do(addCollection, { id, name, parentId, position: 'a0' }, ago(24));
		return id;
	}

	const all = <T>(kindOfRecord: string) => laptop.records<T>(kindOfRecord);
	const folderOf = (id: Id) => laptop.record<Collection>('collections', id);
	const itemsIn = async (id: Id) =>
		[...(await all<CollectionItem>('collectionItems')).values()]
			.filter(({ collectionId }) => collectionId === id)
			.sort((a, b) => (a.position < b.position ? -1 : 1))
			.map((item) => item.thing);
	const conflictsAt = async (id: Id) =>
		[...(await all<Conflict>('conflicts')).values()].filter(({ recordId }) => recordId === id);
	const historyOf = async (id: Id) => {
		const { body } = await ana.ask('GET', `/api/library/collections/${id}/history?limit=100`);
		return (body as { items: Version[] }).items;
	};

	/** From each folder up to the top: every way ends, and passes nothing twice. */
	async function mustBeTree() {
		const folders = await all<Collection>('collections');
		for (const { id } of folders.values()) {
			const passed = new Set<Id>();
			for (let at: Id | null = id; at !== null; at = folders.get(at)?.parentId ?? null) {
				expect(passed.has(at)).toBe(false);
				expect(folders.has(at)).toBe(true);
				passed.add(at);
			}
		}
		for (const { trashedAt, parentId } of folders.values()) {
			const above = parentId === null ? undefined : folders.get(parentId);
			if (!trashedAt) expect(above?.trashedAt ?? null).toBeNull();
		}
	}

	describe('stars and tags', () => {
		test('a thing starred on two devices is starred once, and both may take the star off', async () => {
			const name = await thing();
			for (const on of [phone, laptop]) await on.do(addFavourite, { id: newId(), thing: name });
			const stars = [...(await all<Favourite>('favourites')).values()].filter(
				(star) => star.thing === name
			);
			expect(stars).toHaveLength(1);
			for (const on of [laptop, phone]) await on.do(removeFavourite, { thing: name });
			expect(
				[...(await all<Favourite>('favourites')).values()].some((star) => star.thing === name)
			).toBe(false);
		});

		test('a device whose star came second hears which one stands', async () => {
			const name = await thing();
			await phone.do(addFavourite, { id: newId(), thing: name });
			const second = await laptop.push(addFavourite, { id: newId(), thing: name });
			expect(second).toMatchObject({ revisions: { [`user:${anaId}`]: expect.any(Number) } });
		});

		test('a star on a public thing of another brings it to all devices, until it is taken off', async () => {
			const name = await thing(theirs, 'public');
			const id = name.slice('products:'.length);
			await phone.do(addFavourite, { id: newId(), thing: name });
			expect(await laptop.record('products', id)).toMatchObject({ model: 'Maths', _scope: name });
			await phone.do(removeFavourite, { thing: name });
			expect(await laptop.record('products', id)).toBeUndefined();
		});

		test('what one may not see cannot be kept, and what there is not is the same', async () => {
			const hidden = await thing(theirs);
			const inside = await folder('mine');
			for (const name of [
				hidden,
				`products:${newId()}`,
				`spoons:${newId()}`,
				`constructor:${newId()}`
			]) {
				const asked = { id: newId(), thing: name };
				expect(await phone.refusal(addFavourite, asked)).toBe('not-found');
				expect(await phone.refusal(addTag, { ...asked, tag: 'x' })).toBe('not-found');
				expect(
					await phone.refusal(addItem, { ...asked, collectionId: inside, position: 'a0' })
				).toBe('not-found');
				expect(await phone.refusal(addBookmark, { ...asked, place: { in: 'all' }, note: '' })).toBe(
					'not-found'
				);
			}
		});

		test('one tag is on a thing once, whatever its case', async () => {
			const name = await thing();
			await phone.do(addTag, { id: newId(), thing: name, tag: '#Drone' });
			await laptop.do(addTag, { id: newId(), thing: name, tag: 'drone ' });
			const tags = [...(await all<Tagging>('taggings')).values()].filter(
				(each) => each.thing === name
			);
			expect(tags).toMatchObject([{ tag: 'drone' }]);
			await laptop.do(removeTag, { thing: name, tag: 'DRONE' });
			expect(
				[...(await all<Tagging>('taggings')).values()].some((each) => each.thing === name)
			).toBe(false);
		});

		test('stars, tags and folders of one person are nobody else’s', async () => {
			const name = await thing(phone, 'public');
			const id = newId();
			await phone.do(addFavourite, { id, thing: name });
			expect(await theirs.refusal(addFavourite, { id, thing: name })).toBe('id-taken');
			await theirs.do(removeFavourite, { thing: name });
			expect((await all<Favourite>('favourites')).has(id)).toBe(true);
		});
	});

	describe('bookmarks', () => {
		test('a bookmark has a place and a note, which merge one by one', async () => {
			const [id, name] = [newId(), await thing()];
			await phone.do(
				addBookmark,
				{ id, thing: name, place: { in: 'time', seconds: 61.5 }, note: 'here' },
				ago(9)
			);
			await phone.do(
				changeBookmark,
				{ id, change: { note: 'the turn' }, from: { note: 'here' } },
				ago(5)
			);
			await laptop.do(
				changeBookmark,
				{
					id,
					change: { place: { in: 'pages', page: 7 } },
					from: { place: { in: 'time', seconds: 61.5 } }
				},
				ago(7)
			);
			await laptop.do(
				changeBookmark,
				{ id, change: { note: 'there' }, from: { note: 'here' } },
				ago(3)
			);
			expect(await laptop.record('bookmarks', id)).toMatchObject({
				place: { in: 'pages', page: 7 },
				note: 'there'
			});
			expect(await conflictsAt(id)).toMatchObject([
				{ field: 'note', kept: 'there', lost: 'the turn' }
			]);
			await phone.do(removeBookmark, { id });
			expect(await laptop.record('bookmarks', id)).toBeUndefined();
			expect(await conflictsAt(id)).toEqual([]);
		});

		test('a bookmark of another is not theirs to change', async () => {
			const [id, name] = [newId(), await thing()];
			await phone.do(addBookmark, {
				id,
				thing: name,
				place: { in: 'words', text: 'the bridge' },
				note: ''
			});
			expect(
				await theirs.refusal(changeBookmark, { id, change: { note: 'x' }, from: { note: '' } })
			).toBe('id-taken');
			await theirs.do(removeBookmark, { id });
			expect(await laptop.record('bookmarks', id)).toBeDefined();
		});

		test.each([
			[
				'a place before the start',
				{ place: { in: 'time', seconds: -1 } },
				'place.seconds',
				'too-small'
			],
			['a place that there is not', { place: { in: 'space' } }, 'place.in', 'not-listed'],
			['a note without end', { note: 'x'.repeat(20_001) }, 'note', 'too-long'],
			['a thing without a name', { thing: 'Maths' }, 'thing', 'invalid']
		])('%s is refused by name', async (_, wrong, path, code) => {
			const right = { id: newId(), thing: await thing(), place: { in: 'all' }, note: '' };
			const result = await phone.push(addBookmark, { ...right, ...wrong } as never);
			expect(result).toMatchObject({
				problem: { code: 'invalid-input', errors: [{ path, code }] }
			});
		});
	});

	describe('folders', () => {
		test('a folder never becomes its own ancestor', async () => {
			const [a, b] = [await folder('a'), await folder('b')];
			await phone.do(moveCollection, { id: a, parentId: b, position: 'a1', from: null });
			await laptop.do(moveCollection, { id: b, parentId: a, position: 'a1', from: null });
			expect((await folderOf(a))?.parentId).toBe(b);
			expect((await folderOf(b))?.parentId).toBeNull();
			expect(await conflictsAt(b)).toMatchObject([
				{ kind: 'collections', field: 'parentId', kept: null, lost: a }
			]);
			await phone.do(moveCollection, { id: a, parentId: a, position: 'a1', from: b });
			expect((await folderOf(a))?.parentId).toBe(b);
			await mustBeTree();
		});

		test('many moves at once leave a tree', async () => {
			const ids: Id[] = [];
			for (let i = 0; i < 8; i++) ids.push(await folder(`f${i}`));
			const devices = Array.from({ length: 4 }, () => new Outbox(ana));
			await Promise.all(
				devices.map(async (device, d) => {
					for (let i = 0; i < 8; i++) {
						const [id, parentId] = [ids[(i * 3 + d) % 8], ids[(i * 5 + d * 2 + 1) % 8]];
						if (!id || !parentId) continue;
						const parent = (await folderOf(id))?.parentId ?? null;
						await device.do(moveCollection, { id, parentId, position: 'a1', from: parent });
					}
				})
			);
			expect([...(await all('collections')).keys()]).toEqual(expect.arrayContaining(ids));
			await mustBeTree();
		}, 60_000);

		test('a folder moved to two places goes where it was moved later, and says so', async () => {
			const [x, one, two] = [await folder('x'), await folder('one'), await folder('two')];
			await phone.do(moveCollection, { id: x, parentId: one, position: 'a1', from: null }, ago(2));
			await laptop.do(moveCollection, { id: x, parentId: two, position: 'a1', from: null }, ago(5));
			expect((await folderOf(x))?.parentId).toBe(one);
			expect(await conflictsAt(x)).toMatchObject([{ field: 'parentId', kept: one, lost: two }]);
		});

		test('two names for one folder: the later stands, the other is kept', async () => {
			const id = await folder('Rack');
			await phone.do(
				changeCollection,
				{ id, change: { name: 'Live rack' }, from: { name: 'Rack' } },
				ago(2)
			);
			await laptop.do(
				changeCollection,
				{ id, change: { name: 'Studio' }, from: { name: 'Rack' } },
				ago(4)
			);
			expect(await folderOf(id)).toMatchObject({ name: 'Live rack' });
			expect(await conflictsAt(id)).toMatchObject([
				{ field: 'name', kept: 'Live rack', lost: 'Studio' }
			]);
		});

		test('folders lie forty deep at most', async () => {
			let parentId: Id | null = null;
			for (let i = 0; i < 40; i++) parentId = await folder(String(i), parentId);
			expect(
				await phone.refusal(addCollection, { id: newId(), name: 'x', parentId, position: 'a0' })
			).toBe('rejected-by-state');
		});

		test('folders of another do not exist', async () => {
			const id = await folder('mine');
			const mine = await thing(theirs);
			const deeds = [
				[changeCollection, { id, change: { name: 'x' }, from: { name: 'mine' } }],
				[moveCollection, { id, parentId: null, position: 'a0', from: null }],
				[trashCollection, { id, inside: [] }],
				[restoreCollection, { id }],
				[deleteCollection, { id }],
				[addCollection, { id: newId(), name: 'x', parentId: id, position: 'a0' }],
				[addItem, { id: newId(), collectionId: id, thing: mine, position: 'a0' }],
				[moveItem, { collectionId: id, thing: mine, to: id, position: 'a0' }],
				[removeItem, { collectionId: id, thing: mine }],
				[restoreVersion, { collectionId: id, versionId: newId() }],
				[addFavourite, { id: newId(), thing: `collections:${id}` }]
			] as const;
			for (const [mutation, args] of deeds) {
				expect([mutation.name, await theirs.refusal(mutation, args)]).toEqual([
					mutation.name,
					'not-found'
				]);
			}
			expect(
				await theirs.refusal(addCollection, { id, name: 'x', parentId: null, position: 'a0' })
			).toBe('id-taken');
			expect((await ben.ask('GET', `/api/library/collections/${id}/history`)).status).toBe(404);
			expect((await t.browser().ask('GET', `/api/library/collections/${id}/history`)).status).toBe(
				401
			);
		});
	});

	describe('the trash', () => {
		test('folders inside go with it, and come back with it', async () => {
			const a = await folder('a');
			const b = await folder('b', a);
			const c = await folder('c', b);
			await phone.do(trashCollection, { id: a, inside: [b, c] });
			for (const id of [a, b, c]) {
				expect(await folderOf(id)).toMatchObject({ trashedAt: expect.any(String), trashedWith: a });
			}
			await laptop.do(restoreCollection, { id: a });
			expect(await folderOf(c)).toMatchObject({ trashedAt: null, trashedWith: null, parentId: b });
			await mustBeTree();
		});

		test.each(['the move comes first', 'the trash comes first'])(
			'a folder moved in meanwhile is not lost: %s',
			async (order) => {
				const top = await folder('top');
				const going = await folder('going', top);
				const kept = await folder('kept');
				const deeds = [
					() =>
						laptop.do(
							moveCollection,
							{ id: kept, parentId: going, position: 'a1', from: null },
							ago(2)
						),
					() => phone.do(trashCollection, { id: going, inside: [] }, ago(1))
				];
				if (order === 'the trash comes first') deeds.reverse();
				for (const deed of deeds) await deed();
				expect(await folderOf(going)).toMatchObject({ trashedAt: expect.any(String) });
				expect(await folderOf(kept)).toMatchObject({ trashedAt: null, parentId: top });
				expect(await conflictsAt(kept)).toMatchObject([
					{ field: 'parentId', kept: top, lost: going }
				]);
				await mustBeTree();
			}
		);

		test.each(['the move comes first', 'the trash comes first'])(
			'a folder moved out meanwhile is not thrown away: %s',
			async (order) => {
				const going = await folder('going');
				const kept = await folder('kept', going);
				const below = await folder('below', kept);
				const deeds = [
					() =>
						laptop.do(
							moveCollection,
							{ id: kept, parentId: null, position: 'a1', from: going },
							ago(2)
						),
					() => phone.do(trashCollection, { id: going, inside: [kept, below] }, ago(1))
				];
				if (order === 'the trash comes first') deeds.reverse();
				for (const deed of deeds) await deed();
				expect(await folderOf(kept)).toMatchObject({ trashedAt: null, parentId: null });
				expect(await folderOf(below)).toMatchObject({ trashedAt: null, parentId: kept });
				await mustBeTree();
			}
		);

		test('a folder made inside one that went to the trash comes to lie above, and says so', async () => {
			const going = await folder('going');
			await phone.do(trashCollection, { id: going, inside: [] });
			const made = await folder('made', going, laptop);
			expect(await folderOf(made)).toMatchObject({ parentId: null });
			expect(await conflictsAt(made)).toMatchObject([
				{ field: 'parentId', kept: null, lost: going }
			]);
		});

		test('what is put into a folder in the trash is refused, so that it stays with who put it', async () => {
			const [going, name] = [await folder('going'), await thing()];
			await phone.do(trashCollection, { id: going, inside: [] });
			const item = { id: newId(), collectionId: going, thing: name, position: 'a0' };
			expect(await laptop.refusal(addItem, item)).toBe('rejected-by-state');
		});

		test('a folder restored alone out of one that stays in the trash lies above it', async () => {
			const a = await folder('a');
			const b = await folder('b', a);
			await phone.do(trashCollection, { id: a, inside: [b] });
			await phone.do(restoreCollection, { id: b });
			expect(await folderOf(b)).toMatchObject({ trashedAt: null, parentId: null });
			expect(await folderOf(a)).toMatchObject({ trashedAt: expect.any(String) });
			await mustBeTree();
		});

		test('deleting for good takes what went along, and spares what was there before', async () => {
			const a = await folder('a');
			const [before, along] = [await folder('before', a), await folder('along', a)];
			const name = await thing();
			await phone.do(addItem, { id: newId(), collectionId: along, thing: name, position: 'a0' });
			expect(await phone.refusal(deleteCollection, { id: a })).toBe('rejected-by-state');
			await phone.do(trashCollection, { id: before, inside: [] });
			await phone.do(trashCollection, { id: a, inside: [along] });
			await phone.do(deleteCollection, { id: a });
			expect(await folderOf(a)).toBeUndefined();
			expect(await folderOf(along)).toBeUndefined();
			expect(await itemsIn(along)).toEqual([]);
			expect(await folderOf(before)).toMatchObject({ parentId: null, trashedWith: before });
			await mustBeTree();
		});

		test('after thirty days in the trash a folder is gone, for every device', async () => {
			const id = await folder('old');
			await phone.do(trashCollection, { id, inside: [] }, ago(24 * 40));
			await sweepCollections(t.talas);
			expect(await folderOf(id)).toBeDefined();
			await sweepCollections(t.talas, new Date(Date.now() + 31 * 24 * hour));
			expect(await folderOf(id)).toBeUndefined();
		});
	});

	describe('what lies in a collection', () => {
		test('things of any kind, in the order of the person', async () => {
			const [shelf, inner, name] = [await folder('shelf'), await folder('inner'), await thing()];
			const bookmark = newId();
			await phone.do(addBookmark, { id: bookmark, thing: name, place: { in: 'all' }, note: '' });
			const things = [`collections:${inner}`, name, `bookmarks:${bookmark}`];
			for (const [i, each] of things.entries()) {
				await phone.do(addItem, {
					id: newId(),
					collectionId: shelf,
					thing: each,
					position: `a${i}`
				});
			}
			expect(await itemsIn(shelf)).toEqual(things);
			await laptop.do(moveItem, { collectionId: shelf, thing: name, to: shelf, position: 'Zz' });
			expect(await itemsIn(shelf)).toEqual([name, things[0], things[2]]);
		});

		test('what two devices add is all there, and what both add is there once', async () => {
			const [shelf, one, two, both] = [
				await folder('shelf'),
				await thing(),
				await thing(),
				await thing()
			];
			const put = (on: Outbox, name: string) =>
				on.do(addItem, { id: newId(), collectionId: shelf, thing: name, position: 'a0' });
			await Promise.all([
				put(phone, one).then(() => put(phone, both)),
				put(laptop, two).then(() => put(laptop, both))
			]);
			expect((await itemsIn(shelf)).sort()).toEqual([one, two, both].sort());
		});

		test('a thing moved into a collection that has it is there once', async () => {
			const [a, b, name] = [await folder('a'), await folder('b'), await thing()];
			for (const collectionId of [a, b]) {
				await phone.do(addItem, { id: newId(), collectionId, thing: name, position: 'a0' });
			}
			await phone.do(moveItem, { collectionId: a, thing: name, to: b, position: 'a5' });
			expect(await itemsIn(a)).toEqual([]);
			expect(await itemsIn(b)).toEqual([name]);
		});

		test('a public thing of another comes along while it lies in any collection', async () => {
			const [a, b, name] = [await folder('a'), await folder('b'), await thing(theirs, 'public')];
			const id = name.slice('products:'.length);
			for (const collectionId of [a, b]) {
				await phone.do(addItem, { id: newId(), collectionId, thing: name, position: 'a0' });
			}
			await phone.do(removeItem, { collectionId: a, thing: name });
			expect(await laptop.record('products', id)).toBeDefined();
			await theirs.do(changeProduct, {
				id,
				change: { visibility: 'private' },
				from: { visibility: 'public' }
			});
			expect(await laptop.record('products', id)).toBeUndefined();
			await theirs.do(changeProduct, {
				id,
				change: { visibility: 'public' },
				from: { visibility: 'private' }
			});
			expect(await laptop.record('products', id)).toBeDefined();
			await phone.do(removeItem, { collectionId: b, thing: name });
			expect(await laptop.record('products', id)).toBeUndefined();
		});
	});

	describe('history', () => {
		test('says what happened, newest first and page by page', async () => {
			const [shelf, name] = [await folder('shelf'), await thing()];
			await phone.do(addItem, { id: newId(), collectionId: shelf, thing: name, position: 'a0' });
			await phone.do(changeCollection, {
				id: shelf,
				change: { name: 'Shelf' },
				from: { name: 'shelf' }
			});
			await phone.do(removeItem, { collectionId: shelf, thing: name });
			expect(await historyOf(shelf)).toMatchObject([
				{ what: 'removed', thing: name, name: 'Shelf' },
				{ what: 'renamed', thing: null, name: 'Shelf' },
				{ what: 'added', thing: name, name: 'shelf' }
			]);
			const path = `/api/library/collections/${shelf}/history?limit=2`;
			const first = (await ana.ask('GET', path)).body as { items: Version[]; nextCursor: string };
			const second = (await ana.ask('GET', `${path}&cursor=${first.nextCursor}`)).body;
			expect(second).toMatchObject({ items: [{ what: 'added' }], nextCursor: null });
		});

		test('a collection comes back as it was after any change, and that can be undone', async () => {
			const [shelf, other] = [await folder('shelf'), await folder('other')];
			const things = [await thing(), await thing(), await thing()];
			for (const [i, name] of things.entries()) {
				await phone.do(addItem, {
					id: newId(),
					collectionId: shelf,
					thing: name,
					position: `a${i}`
				});
			}
			const [full] = await historyOf(shelf);
			await phone.do(moveItem, {
				collectionId: shelf,
				thing: things[2] ?? '',
				to: shelf,
				position: 'Zz'
			});
			await phone.do(moveItem, {
				collectionId: shelf,
				thing: things[1] ?? '',
				to: other,
				position: 'a0'
			});
			await phone.do(removeItem, { collectionId: shelf, thing: things[0] ?? '' });
			await phone.do(changeCollection, {
				id: shelf,
				change: { name: 'emptied' },
				from: { name: 'shelf' }
			});
			const [emptied] = await historyOf(shelf);
			const path = `/api/library/collections/${shelf}/history/${full?.id}`;
			const contents = (await ana.ask('GET', path)).body as Contents;
			expect(contents).toMatchObject({ name: 'shelf' });
			expect(contents.items.map((item) => item.thing).sort()).toEqual(things.toSorted());

			await laptop.do(restoreVersion, { collectionId: shelf, versionId: full?.id ?? '' });
			expect(await itemsIn(shelf)).toEqual(things);
			expect(await folderOf(shelf)).toMatchObject({ name: 'shelf' });
			expect(await itemsIn(other)).toEqual([things[1]]);

			await laptop.do(restoreVersion, { collectionId: shelf, versionId: emptied?.id ?? '' });
			expect(await itemsIn(shelf)).toEqual([things[2]]);
			expect(await folderOf(shelf)).toMatchObject({ name: 'emptied' });
			expect((await historyOf(shelf)).slice(0, 2)).toMatchObject([
				{ what: 'restored' },
				{ what: 'restored' }
			]);
			await laptop.do(restoreVersion, {
				collectionId: shelf,
				versionId: (await historyOf(shelf))[1]?.id ?? ''
			});
			expect(await itemsIn(shelf)).toEqual(things);
		});

		test('a version of another collection is none of this one', async () => {
			const [shelf, other, name] = [await folder('shelf'), await folder('other'), await thing()];
			await phone.do(addItem, { id: newId(), collectionId: other, thing: name, position: 'a0' });
			const [version] = await historyOf(other);
			expect(
				await phone.refusal(restoreVersion, { collectionId: shelf, versionId: version?.id })
			).toBe('not-found');
		});
	});

	test('a take-out holds the whole library', async () => {
		const [shelf, name] = [await folder('kept shelf'), await thing()];
		await phone.do(addItem, { id: newId(), collectionId: shelf, thing: name, position: 'a0' });
		const answer = await ana.raw('GET', '/api/me/take-out');
		const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
		const read = (file: string) =>
			JSON.parse(strFromU8(files[`library/${file}.json`] ?? new Uint8Array())) as unknown;
		expect(read('collections')).toEqual(
			expect.arrayContaining([expect.objectContaining({ name: 'kept shelf' })])
		);
		expect(read('items')).toEqual(
			expect.arrayContaining([expect.objectContaining({ collectionId: shelf, thing: name })])
		);
		for (const file of ['favourites', 'tags', 'bookmarks', 'conflicts'])
			expect(Array.isArray(read(file))).toBe(true);
	});

	test('every mutation of the library and of products is described', async () => {
		const { body } = await t.browser().ask('GET', '/api/openapi.json');
		const names = Object.keys((body as { 'x-mutations': object })['x-mutations']);
		expect(names).toEqual(
			expect.arrayContaining([
				'products.addProduct',
				'library.restoreVersion',
				'conflicts.dismissConflict'
			])
		);
	});

	test('each list is read by an index', async () => {
		if (kind !== 'postgres') return;
		const { db } = t.talas;
		await db.execute(sql`
			insert into collections (id, account_id, name, position, created_at, changed_at)
			select gen_random_uuid(), ${anaId}::uuid, 'many', 'a0', now(), now() from generate_series(1, 3000)`);
		await db.execute(sql`
			insert into versions (id, collection_id, at, what, changes, name_before, name_after)
			select gen_random_uuid(), id, now(), 'renamed', '[]', '', '' from collections, generate_series(1, 5)
			where name = 'many'`);
		await db.execute(sql`
			insert into collection_items (id, account_id, collection_id, thing, position, added_at)
			select gen_random_uuid(), account_id, id, 'products:' || id, 'a0', now() from collections
			where name = 'many'`);
		await db.execute(sql`analyze collections, versions, collection_items`);
		const id = newId();
		const plans = {
			versions_by_collection: sql`select * from versions where collection_id = ${id}::uuid and n < 9 order by n desc limit 51`,
			items_by_collection: sql`select * from collection_items where collection_id = ${id}::uuid`,
			items_by_account: sql`select id from collection_items where account_id = ${id}::uuid and thing = 'x' limit 1`,
			items_by_thing: sql`select distinct account_id from collection_items where thing = 'x'`,
			collections_by_account: sql`select * from collections where account_id = ${id}::uuid`,
			collections_to_purge: sql`select distinct account_id from collections where purge_at <= now()`
		};
		for (const [index, query] of Object.entries(plans)) {
			const plan = await db.execute<{ 'QUERY PLAN': string }>(sql`explain ${query}`);
			const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
			expect(lines).toContain(index);
			expect(lines).not.toContain('Seq Scan');
		}
		await db.execute(sql`delete from collections where name = 'many'`);
	});
});
