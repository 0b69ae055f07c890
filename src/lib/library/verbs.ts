/** What a person does with their library, in as many mutations as it takes. */
import type { Conflict } from '#shared/conflicts.ts';
import { dismissConflict } from '#shared/conflicts.ts';
import { Folders } from '#shared/folders.ts';
import { newId, type Id } from '#shared/id.ts';
import {
	addCollection,
	addItem,
	changeBookmark,
	changeCollection,
	moveCollection,
	moveItem,
	trashCollection,
	type Bookmark,
	type Collection,
	type ThingName
} from '#shared/library.ts';
import { local } from '../db/local.ts';
import { mutate } from '../sync/mutate.ts';
import { placeAt, placeAtEnd } from './places.ts';
import { byPlace, collections, itemsIn } from './queries.ts';

/** Makes a folder, last in its parent; answers its id. */
export async function makeCollection(name: string, parentId: Id | null = null): Promise<Id> {
	const id = newId();
	const position = placeAtEnd(await foldersIn(parentId));
	await mutate(addCollection, { id, name, parentId, position });
	return id;
}

/** Puts a folder into another, before the one with that index among those there, or last. */
export async function putCollection(
	{ id, parentId: from }: Collection,
	parentId: Id | null,
	index?: number
): Promise<void> {
	const neighbours = (await foldersIn(parentId)).filter((each) => each.id !== id);
	const { position, others } = placeAt(neighbours, index ?? neighbours.length);
	for (const each of others) await mutate(moveCollection, { ...each, parentId, from: parentId });
	await mutate(moveCollection, { id, parentId, position, from });
}

/** Throws a folder away with all folders in it. */
export async function throwAway({ id }: Collection): Promise<void> {
	const folders = new Folders(await local().collections.toArray());
	const row = folders.get(id);
	if (!row) return;
	const inside = folders.under(row, ({ trashedAt }) => !trashedAt).map((each) => each.id);
	await mutate(trashCollection, { id, inside: inside.filter((each) => each !== id) });
}

/** Puts things into a collection, after what lies there; those that lie there stay where they are. */
export async function collect(things: ThingName[], collectionId: Id): Promise<void> {
	const there = await itemsIn(collectionId);
	const known = new Set(there.map(({ thing }) => thing));
	for (const thing of things.filter((each) => !known.has(each))) {
		const item = { id: newId(), collectionId, thing, position: placeAtEnd(there) };
		await mutate(addItem, item);
		there.push({ ...item, addedAt: '' });
	}
}

/** Puts an item before the one with that index in a collection, which may be another one. */
export async function putItem(
	{ collectionId, thing }: { collectionId: Id; thing: ThingName },
	to: Id,
	index?: number
): Promise<void> {
	const neighbours = (await itemsIn(to)).filter((each) => each.thing !== thing);
	const { position, others } = placeAt(neighbours, index ?? neighbours.length);
	for (const { id, position } of others) {
		const other = neighbours.find((each) => each.id === id);
		if (other) await mutate(moveItem, { collectionId: to, thing: other.thing, to, position });
	}
	await mutate(moveItem, { collectionId, thing, to, position });
}

/** Puts back what was lost in a folder or bookmark, and settles the conflict. */
export async function takeOther({ id, kind, recordId, field, lost }: Conflict): Promise<void> {
	if (kind === 'collections') await takeFolder(recordId, field, lost);
	if (kind === 'bookmarks') await takeBookmark(recordId, field, lost);
	await mutate(dismissConflict, { id });
}

async function takeFolder(id: Id, field: string, lost: unknown) {
	const row = await local().collections.get(id);
	if (!row) return;
	if (field === 'parentId') return putCollection(row, lost as Id | null);
	const change = { name: String(lost) };
	await mutate(changeCollection, { id, change, from: { name: row.name } });
}

async function takeBookmark(id: Id, field: string, lost: unknown) {
	const row = await local().bookmarks.get(id);
	if (!row) return;
	const change = { [field]: lost } as Partial<Pick<Bookmark, 'note' | 'place'>>;
	await mutate(changeBookmark, { id, change, from: { [field]: row[field as 'note' | 'place'] } });
}

async function foldersIn(parentId: Id | null): Promise<Collection[]> {
	return (await collections()).filter((each) => each.parentId === parentId).sort(byPlace);
}
