import { inArray } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Bookmark, Collection, CollectionItem, Favourite, Tagging } from '#shared/library.ts';
import type { Db } from '#server/db/client.ts';
import type { Reader, Readers } from '#server/sync/feed.ts';
import { bookmarks, collectionItems, collections, favourites, taggings } from './tables.ts';
import type { CollectionRow, ItemRow } from './tables.ts';

/** How a library reads: all of it in the scope of its person. */
export const libraryReaders = {
	favourites: reader(
		(tx, ids) => tx.select().from(favourites).where(inArray(favourites.id, ids)),
		asFavourite
	),
	collections: reader(
		(tx, ids) => tx.select().from(collections).where(inArray(collections.id, ids)),
		asCollection
	),
	collectionItems: reader(
		(tx, ids) => tx.select().from(collectionItems).where(inArray(collectionItems.id, ids)),
		asItem
	),
	taggings: reader(
		(tx, ids) => tx.select().from(taggings).where(inArray(taggings.id, ids)),
		asTagging
	),
	bookmarks: reader(
		(tx, ids) => tx.select().from(bookmarks).where(inArray(bookmarks.id, ids)),
		asBookmark
	)
} satisfies Readers;

export type KindOfLibrary = keyof typeof libraryReaders;

export function asFavourite({ id, thing, addedAt }: typeof favourites.$inferSelect): Favourite {
	return { id, thing, addedAt: addedAt.toISOString() };
}

export function asCollection(row: CollectionRow): Collection {
	const { id, name, parentId, position, trashedWith } = row;
	return {
		id,
		name,
		parentId,
		position,
		createdAt: row.createdAt.toISOString(),
		changedAt: row.changedAt.toISOString(),
		trashedAt: row.trashedAt?.toISOString() ?? null,
		trashedWith
	};
}

export function asItem({ accountId: _, addedAt, ...row }: ItemRow): CollectionItem {
	return { ...row, addedAt: addedAt.toISOString() };
}

export function asTagging({ id, thing, tag, addedAt }: typeof taggings.$inferSelect): Tagging {
	return { id, thing, tag, addedAt: addedAt.toISOString() };
}

export function asBookmark(row: typeof bookmarks.$inferSelect): Bookmark {
	const { id, thing, place, note } = row;
	const [createdAt, changedAt] = [row.createdAt.toISOString(), row.changedAt.toISOString()];
	return { id, thing, place, note, createdAt, changedAt };
}

function reader<Row extends { id: Id; accountId: Id }>(
	rowsOf: (tx: Db, ids: Id[]) => Promise<Row[]>,
	read: (row: Row) => Record<string, unknown>
): Reader {
	return async (tx, ids) =>
		(await rowsOf(tx, ids)).map((row) => ({
			id: row.id,
			scope: userScope(row.accountId),
			data: read(row)
		}));
}
