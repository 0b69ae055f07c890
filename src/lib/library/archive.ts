/** What the library gives to an archive of plain files, and how it comes back from one. */
import { z } from 'zod';
import {
	addBookmark,
	addCollection,
	addFavourite,
	addItem,
	addTag,
	Bookmark,
	Collection,
	CollectionItem,
	Favourite,
	Tagging,
	trashCollection
} from '#shared/library.ts';
import type { Id } from '#shared/id.ts';
import { local } from '../db/local.ts';
import { mutate } from '../sync/mutate.ts';

export const libraryFile = 'library/library.json';
export const LibraryFile = z.strictObject({
	favourites: z.array(Favourite),
	collections: z.array(Collection),
	items: z.array(CollectionItem),
	tags: z.array(Tagging),
	bookmarks: z.array(Bookmark)
});
export type LibraryFile = z.infer<typeof LibraryFile>;

/** The whole library of this device. */
export async function libraryRecords(): Promise<LibraryFile> {
	const { favourites, collections, collectionItems, taggings, bookmarks } = local();
	return LibraryFile.parse({
		favourites: await favourites.toArray(),
		collections: await collections.toArray(),
		items: await collectionItems.toArray(),
		tags: await taggings.toArray(),
		bookmarks: await bookmarks.toArray()
	});
}

/** Adds what is not here; what is here stays as it is. Answers how much was added. */
export async function bringLibrary(file: LibraryFile): Promise<number> {
	const folders = await bringFolders(file.collections);
	const added = [
		folders.length,
		await bringEach(
			file.bookmarks,
			isNew('bookmarks'),
			({ createdAt: _, changedAt: __, ...mark }) => mutate(addBookmark, mark)
		),
		await bringEach(file.items, isNewItem, ({ addedAt: _, ...item }) => mutate(addItem, item)),
		await bringEach(file.favourites, isNewStar, ({ id, thing }) =>
			mutate(addFavourite, { id, thing })
		),
		await bringEach(file.tags, isNewTag, ({ addedAt: _, ...tagging }) => mutate(addTag, tagging))
	];
	await throwAway(folders);
	return added.reduce((sum, each) => sum + each, 0);
}

/** Parents before what lies in them. */
async function bringFolders(all: Collection[]): Promise<Collection[]> {
	const known = new Set((await local().collections.toArray()).map(({ id }) => id));
	const fresh = new Map(all.filter(({ id }) => !known.has(id)).map((each) => [each.id, each]));
	const brought: Collection[] = [];
	while (fresh.size > 0) {
		const next = [...fresh.values()].filter(({ parentId }) => !parentId || !fresh.has(parentId));
		if (next.length === 0)
			next.push(...[...fresh.values()].map((each) => ({ ...each, parentId: null })));
		for (const { id, name, parentId, position } of next) {
			const parent = parentId && known.has(parentId) ? parentId : null;
			await mutate(addCollection, { id, name, parentId: parent, position });
			known.add(id);
			fresh.delete(id);
		}
		brought.push(...next);
	}
	return brought;
}

async function throwAway(folders: Collection[]) {
	for (const { id, trashedWith } of folders) {
		const inside = folders.filter((each) => each.trashedWith === id).map((each) => each.id);
		if (trashedWith === id) await mutate(trashCollection, { id, inside });
	}
}

async function bringEach<T>(
	all: T[],
	isFresh: (one: T) => Promise<boolean>,
	bring: (one: T) => Promise<void>
): Promise<number> {
	let added = 0;
	for (const one of all) {
		if (!(await isFresh(one))) continue;
		await bring(one);
		added += 1;
	}
	return added;
}

function isNew(kind: 'bookmarks') {
	return async ({ id }: { id: Id }) => (await local()[kind].get(id)) === undefined;
}

/** Into a folder that is out of the trash here, if the thing does not lie in it. */
async function isNewItem({ collectionId, thing }: CollectionItem): Promise<boolean> {
	const folder = await local().collections.get(collectionId);
	if (!folder || folder.trashedAt) return false;
	return (await local().collectionItems.where({ collectionId, thing }).count()) === 0;
}

async function isNewStar({ thing }: Favourite): Promise<boolean> {
	return (await local().favourites.where({ thing }).count()) === 0;
}

async function isNewTag({ thing, tag }: Tagging): Promise<boolean> {
	return (await local().taggings.where({ thing, tag }).count()) === 0;
}
