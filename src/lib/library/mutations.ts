import {
	addBookmark,
	addFavourite,
	addItem,
	addTag,
	changeBookmark,
	moveItem,
	removeBookmark,
	removeFavourite,
	removeItem,
	removeTag
} from '#shared/library.ts';
import { twin } from '../sync/twin.ts';
import { folderTwins } from './folders.ts';

/** What the screen may believe of the library until the server has answered. */
export const twins = [
	...folderTwins,

	twin(addFavourite, async (db, _, favourite, at) => {
		const there = await db.favourites.where('thing', favourite.thing);
		if (there.length === 0) await db.favourites.put({ ...favourite, addedAt: at });
	}),
	twin(removeFavourite, async (db, _, { thing }) => {
		for (const { id } of await db.favourites.where('thing', thing)) await db.favourites.delete(id);
	}),

	twin(addTag, async (db, _, tagging, at) => {
		const there = await db.taggings.where('[thing+tag]', [tagging.thing, tagging.tag]);
		if (there.length === 0) await db.taggings.put({ ...tagging, addedAt: at });
	}),
	twin(removeTag, async (db, _, { thing, tag }) => {
		const there = await db.taggings.where('[thing+tag]', [thing, tag]);
		for (const { id } of there) await db.taggings.delete(id);
	}),

	twin(addItem, async (db, _, item, at) => {
		const key = [item.collectionId, item.thing];
		const there = await db.collectionItems.where('[collectionId+thing]', key);
		if (there.length === 0) await db.collectionItems.put({ ...item, addedAt: at });
	}),
	twin(moveItem, async (db, _, { collectionId, thing, to, position }) => {
		const moving = await db.collectionItems.where('[collectionId+thing]', [collectionId, thing]);
		if (moving.length === 0) return;
		const target = await db.collectionItems.where('[collectionId+thing]', [to, thing]);
		if (to !== collectionId) for (const { id } of target) await db.collectionItems.delete(id);
		for (const { id } of moving) {
			await db.collectionItems.update(id, { collectionId: to, position });
		}
	}),
	twin(removeItem, async (db, _, { collectionId, thing }) => {
		const there = await db.collectionItems.where('[collectionId+thing]', [collectionId, thing]);
		for (const { id } of there) await db.collectionItems.delete(id);
	}),

	twin(addBookmark, async (db, _, bookmark, at) => {
		if (await db.bookmarks.get(bookmark.id)) return;
		await db.bookmarks.put({ ...bookmark, createdAt: at, changedAt: at });
	}),
	twin(changeBookmark, async (db, _, { id, change }, at) => {
		const row = await db.bookmarks.get(id);
		if (!row) return;
		const changedAt = row.changedAt > at ? row.changedAt : at;
		await db.bookmarks.put({ ...row, ...change, changedAt });
	}),
	twin(removeBookmark, (db, _, { id }) => db.bookmarks.delete(id))
];
