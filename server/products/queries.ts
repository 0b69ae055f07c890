import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm';
import type { PersonCard } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import type { ProductKind } from '#shared/product-details.ts';
import type { Product, Release } from '#shared/products.ts';
import { cardsOf } from '#server/accounts/queries.ts';
import type { Db } from '#server/db/client.ts';
import type { Reading } from '#server/sync/feed.ts';
import { scopeOf } from './access.ts';
import { isPublic, productTags, products, releases } from './tables.ts';
import type { ProductRow, ReleaseRow } from './tables.ts';

export const kindOfProducts = 'products';
export const kindOfReleases = 'releases';

/** How products read in the feeds. */
export async function readProducts(tx: Db, ids: Id[]): Promise<Reading[]> {
	const rows = await tx.select().from(products).where(inArray(products.id, ids));
	const read = await asProducts(tx, rows);
	return rows.flatMap((row, i) => {
		const data = read[i];
		return data ? [{ id: row.id, scope: scopeOf(row), data }] : [];
	});
}

/** How releases read in the feeds: they live where their product does. */
export async function readReleases(tx: Db, ids: Id[]): Promise<Reading[]> {
	const rows = await tx
		.select({ release: releases, product: products })
		.from(releases)
		.innerJoin(products, eq(products.id, releases.productId))
		.where(inArray(releases.id, ids));
	return rows.map(({ release, product }) => ({
		id: release.id,
		scope: scopeOf(product),
		data: asRelease(release)
	}));
}

/** Product rows as everyone who may see them reads them, with tags and the card of the owner. */
export async function asProducts(tx: Db, rows: ProductRow[]): Promise<Product[]> {
	if (rows.length === 0) return [];
	const cards = await cardsOf(
		tx,
		rows.map(({ ownerId }) => ownerId)
	);
	const tags = await tagsOf(
		tx,
		rows.map(({ id }) => id)
	);
	return rows.flatMap((row) => {
		const owner = cards.get(row.ownerId);
		return owner ? [asProduct(row, owner, tags.get(row.id) ?? [])] : [];
	});
}

export async function releasesOf(db: Db, productIds: Id[]): Promise<Release[]> {
	const rows = await db
		.select()
		.from(releases)
		.where(inArray(releases.productId, productIds))
		.orderBy(asc(releases.productId), asc(releases.id));
	return rows.map(asRelease);
}

export async function productOf(db: Db, id: Id): Promise<ProductRow | undefined> {
	const [row] = await db.select().from(products).where(eq(products.id, id));
	return row;
}

export type PublicFilter = {
	kind?: ProductKind | undefined;
	tag?: string | undefined;
	owner?: Id | undefined;
};

/** A page of public products, newest first. `before` is the id that the page before ended with. */
export async function publicProducts(
	db: Db,
	limit: number,
	{ kind, tag, owner }: PublicFilter,
	before: Id | undefined
): Promise<Product[]> {
	const tagged = tag === undefined ? undefined : eq(productTags.tag, tag);
	const id = tagged ? productTags.productId : products.id;
	const rows = await db
		.select({ product: products })
		.from(products)
		.leftJoin(productTags, and(eq(productTags.productId, products.id), tagged))
		.where(
			and(
				isPublic(products.visibility, products.trashedAt),
				tagged,
				kind ? eq(products.kind, kind) : undefined,
				owner ? eq(products.ownerId, owner) : undefined,
				before ? lt(id, before) : undefined
			)
		)
		.orderBy(desc(id))
		.limit(limit);
	return asProducts(
		db,
		rows.map(({ product }) => product)
	);
}

async function tagsOf(tx: Db, ids: Id[]): Promise<Map<Id, string[]>> {
	const rows = await tx.select().from(productTags).where(inArray(productTags.productId, ids));
	const tags = Map.groupBy(rows, ({ productId }) => productId);
	return new Map([...tags].map(([id, each]) => [id, each.map(({ tag }) => tag).sort()]));
}

function asProduct(row: ProductRow, owner: PersonCard, tags: string[]): Product {
	const { ownerId: _, touched: __, purgeAt: ___, staleCard: ____, ...fields } = row;
	return {
		...fields,
		owner,
		tags,
		createdAt: row.createdAt.toISOString(),
		changedAt: row.changedAt.toISOString(),
		trashedAt: row.trashedAt?.toISOString() ?? null
	};
}

function asRelease({ touched: _, ...row }: ReleaseRow): Release {
	return { ...row, createdAt: row.createdAt.toISOString() };
}
