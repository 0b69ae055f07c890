import type { Bookmark, Collection, CollectionItem, Favourite, Tagging } from '#shared/library.ts';

declare module '../db/records.ts' {
	interface Records {
		favourites: Favourite;
		collections: Collection;
		collectionItems: CollectionItem;
		taggings: Tagging;
		bookmarks: Bookmark;
	}
}

export const tables = {
	favourites: 'id, thing',
	collections: 'id',
	collectionItems: 'id, [collectionId+thing], thing',
	taggings: 'id, [thing+tag], tag',
	bookmarks: 'id, thing'
};
