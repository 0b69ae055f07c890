import { sql } from 'drizzle-orm';
import {
	boolean,
	date,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	timestamp,
	uuid,
	type AnyPgColumn
} from 'drizzle-orm/pg-core';
import { productKinds, type Details } from '#shared/product-details.ts';
import {
	conditions,
	visibilities,
	type Compatibility,
	type Licence,
	type Link
} from '#shared/products.ts';
import { accounts } from '#server/accounts/tables.ts';

const at = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });
/** Who changed each field last, and when. */
const touched = () => jsonb().$type<Record<string, { at: string; by: string }>>();

export const productKind = pgEnum('product_kind', productKinds);
export const visibility = pgEnum('visibility', visibilities);
export const condition = pgEnum('condition', conditions);

/** Everyone may see it. */
export function isPublic(visibility: AnyPgColumn, trashedAt: AnyPgColumn) {
	return sql`${visibility} = 'public' and ${trashedAt} is null`;
}

export const products = pgTable(
	'products',
	{
		id: uuid().primaryKey(),
		ownerId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		kind: productKind().notNull(),
		maker: text().notNull(),
		model: text().notNull(),
		version: text().notNull(),
		year: integer(),
		condition: condition(),
		description: text().notNull(),
		links: jsonb().$type<Link[]>().notNull(),
		licence: jsonb().$type<Licence>(),
		visibility: visibility().notNull(),
		compatibility: jsonb().$type<Compatibility>().notNull(),
		details: jsonb().$type<Details>().notNull(),
		touched: touched().notNull().default({}),
		createdAt: at().notNull(),
		changedAt: at().notNull(),
		trashedAt: at(),
		/** When the trash is emptied of it, by the clock of the server. */
		purgeAt: at(),
		/** Its owner has another name by now; a job publishes it again. */
		staleCard: boolean().notNull().default(false)
	},
	(product) => [
		index('products_by_owner').on(product.ownerId, product.id),
		index('public_products').on(product.id).where(isPublic(product.visibility, product.trashedAt)),
		index('public_products_by_kind')
			.on(product.kind, product.id)
			.where(isPublic(product.visibility, product.trashedAt)),
		index('products_to_purge')
			.on(product.purgeAt)
			.where(sql`${product.purgeAt} is not null`),
		index('products_with_stale_card')
			.on(product.id)
			.where(sql`${product.staleCard}`)
	]
);
export type ProductRow = typeof products.$inferSelect;

export const productTags = pgTable(
	'product_tags',
	{
		productId: uuid()
			.notNull()
			.references(() => products.id, { onDelete: 'cascade' }),
		tag: text().notNull()
	},
	(row) => [
		primaryKey({ columns: [row.productId, row.tag] }),
		index('products_by_tag').on(row.tag, row.productId)
	]
);

/** The changelog. */
export const releases = pgTable(
	'releases',
	{
		id: uuid().primaryKey(),
		productId: uuid()
			.notNull()
			.references(() => products.id, { onDelete: 'cascade' }),
		version: text().notNull(),
		date: date({ mode: 'string' }).notNull(),
		text: text().notNull(),
		touched: touched().notNull().default({}),
		createdAt: at().notNull()
	},
	(release) => [index('releases_by_product').on(release.productId, release.id)]
);
export type ReleaseRow = typeof releases.$inferSelect;
