import { sql } from 'drizzle-orm';
import {
	bigint,
	index,
	jsonb,
	pgEnum,
	pgTable,
	text,
	timestamp,
	uniqueIndex,
	uuid,
	type AnyPgColumn
} from 'drizzle-orm/pg-core';
import { historyVerbs, type CollectionItem, type Place } from '#shared/library.ts';
import { accounts } from '#server/accounts/tables.ts';

const at = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });
const touched = () => jsonb().$type<Record<string, { at: string; by: string }>>();
const accountId = () =>
	uuid()
		.notNull()
		.references(() => accounts.id, { onDelete: 'cascade' });

export const favourites = pgTable(
	'favourites',
	{
		id: uuid().primaryKey(),
		accountId: accountId(),
		thing: text().notNull(),
		addedAt: at().notNull()
	},
	(row) => [
		uniqueIndex('favourites_by_account').on(row.accountId, row.thing),
		index('favourites_by_thing').on(row.thing)
	]
);

export const collections = pgTable(
	'collections',
	{
		id: uuid().primaryKey(),
		accountId: accountId(),
		name: text().notNull(),
		parentId: uuid().references((): AnyPgColumn => collections.id, { onDelete: 'set null' }),
		position: text().notNull(),
		touched: touched().notNull().default({}),
		createdAt: at().notNull(),
		changedAt: at().notNull(),
		trashedAt: at(),
		trashedWith: uuid(),
		/** When the trash is emptied of it, by the clock of the server. */
		purgeAt: at()
	},
	(row) => [
		index('collections_by_account').on(row.accountId, row.id),
		index('collections_by_parent').on(row.parentId),
		index('collections_to_purge')
			.on(row.purgeAt)
			.where(sql`${row.purgeAt} is not null`)
	]
);
export type CollectionRow = typeof collections.$inferSelect;

export const collectionItems = pgTable(
	'collection_items',
	{
		id: uuid().primaryKey(),
		accountId: accountId(),
		collectionId: uuid()
			.notNull()
			.references(() => collections.id, { onDelete: 'cascade' }),
		thing: text().notNull(),
		position: text().notNull(),
		addedAt: at().notNull()
	},
	(row) => [
		uniqueIndex('items_by_collection').on(row.collectionId, row.thing),
		index('items_by_account').on(row.accountId, row.thing),
		index('items_by_thing').on(row.thing)
	]
);
export type ItemRow = typeof collectionItems.$inferSelect;

export const taggings = pgTable(
	'taggings',
	{
		id: uuid().primaryKey(),
		accountId: accountId(),
		thing: text().notNull(),
		tag: text().notNull(),
		addedAt: at().notNull()
	},
	(row) => [uniqueIndex('taggings_by_account').on(row.accountId, row.thing, row.tag)]
);

export const bookmarks = pgTable(
	'bookmarks',
	{
		id: uuid().primaryKey(),
		accountId: accountId(),
		thing: text().notNull(),
		place: jsonb().$type<Place>().notNull(),
		note: text().notNull(),
		touched: touched().notNull().default({}),
		createdAt: at().notNull(),
		changedAt: at().notNull()
	},
	(row) => [index('bookmarks_by_account').on(row.accountId, row.id)]
);

/** An item as it was before or after a change; null where there was none. */
export type ItemState = Pick<CollectionItem, 'id' | 'thing' | 'position' | 'addedAt'> | null;
export type ItemChange = { before: ItemState; after: ItemState };

export const historyVerb = pgEnum('history_verb', historyVerbs);

/** The history of each collection: what every change did, so that it can be undone back to any. */
export const versions = pgTable(
	'versions',
	{
		id: uuid().primaryKey(),
		/** Orders the changes. */
		n: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
		collectionId: uuid()
			.notNull()
			.references(() => collections.id, { onDelete: 'cascade' }),
		at: at().notNull(),
		what: historyVerb().notNull(),
		changes: jsonb().$type<ItemChange[]>().notNull(),
		nameBefore: text().notNull(),
		nameAfter: text().notNull()
	},
	(row) => [index('versions_by_collection').on(row.collectionId, row.n)]
);
