import { eq } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Id } from '#shared/id.ts';
import { conflictsOf } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import type { PlainFile } from '#server/http/take-out.ts';
import { asBookmark, asCollection, asFavourite, asItem, asTagging } from './queries.ts';
import { bookmarks, collectionItems, collections, favourites, taggings } from './tables.ts';

/** What the library gives to a take-out: all that a person keeps in it. */
export async function takeOut(db: Db, accountId: Id): Promise<PlainFile[]> {
	const of = (table: { accountId: AnyPgColumn }) => eq(table.accountId, accountId);
	const all = {
		favourites: (await db.select().from(favourites).where(of(favourites))).map(asFavourite),
		collections: (await db.select().from(collections).where(of(collections))).map(asCollection),
		items: (await db.select().from(collectionItems).where(of(collectionItems))).map(asItem),
		tags: (await db.select().from(taggings).where(of(taggings))).map(asTagging),
		bookmarks: (await db.select().from(bookmarks).where(of(bookmarks))).map(asBookmark),
		conflicts: await conflictsOf(db, accountId)
	};
	return Object.entries(all).map(([name, records]) => ({
		name: `library/${name}.json`,
		input: `${JSON.stringify(records, null, '\t')}\n`
	}));
}
