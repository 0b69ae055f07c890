import Dexie from 'dexie';
import type { Id } from '#shared/id.ts';
import type { ProductKind } from '#shared/product-details.ts';
import type { Product, Release } from '#shared/products.ts';
import { api } from '../api.ts';
import { local } from '../db/local.ts';
import { idsInOrder, type Order } from './order.ts';

/** Everything that somebody has, but what is in the trash; the latest change first. */
export async function myProducts(me: Id): Promise<Product[]> {
	const all = await local()
		.products.where('[owner.id+changedAt]')
		.between([me, Dexie.minKey], [me, Dexie.maxKey])
		.reverse()
		.toArray();
	return all.filter(({ trashedAt }) => trashedAt === null);
}

/** A window of it, of any size and anywhere, at the cost of what is shown. */
export async function productWindow(
	me: Id,
	{ sort, from, size }: { sort: Order; from: number; size: number }
): Promise<Product[]> {
	const ids = (await idsInOrder(me, sort)).slice(from, from + size);
	const found = await local().products.bulkGet(ids);
	return found.flatMap((product) => product ?? []);
}

/** What somebody threw away, last first. */
export async function trashedProducts(me: Id): Promise<Product[]> {
	const all = await local().products.orderBy('trashedAt').reverse().toArray();
	return all.filter(({ owner }) => owner.id === me);
}

export function productOf(id: Id): Promise<Product | undefined> {
	return local().products.get(id);
}

/** Those of the products that are here, by id. */
export async function productsOf(ids: Id[]): Promise<Map<Id, Product>> {
	const found = await local().products.bulkGet(ids);
	return new Map(found.flatMap((product) => (product ? [[product.id, product]] : [])));
}

/** The changelog of a product, newest first. */
export async function releasesOf(productId: Id): Promise<Release[]> {
	const all = await local().releases.where({ productId }).toArray();
	return all.sort((a, b) => compare(b.date, a.date) || compare(b.id, a.id));
}

/** The tags of all products that are here, those used most first: what a new one may be called. */
export async function productTagsInUse(): Promise<string[]> {
	const { products } = local();
	const tags = (await products.orderBy('tags').uniqueKeys()) as string[];
	const uses = await Promise.all(tags.map((tag) => products.where({ tags: tag }).count()));
	const used = new Map(tags.map((tag, i) => [tag, uses[i] ?? 0]));
	return tags.sort((a, b) => (used.get(b) ?? 0) - (used.get(a) ?? 0) || compare(a, b));
}

/** A product that is not kept here, with its changelog: as far as it is public. Needs the network. */
export async function publicProduct(id: Id): Promise<Product & { releases: Release[] }> {
	return (await api.api.products[':id'].$get({ param: { id } })).json();
}

type PublicPage = { items: Product[]; nextCursor: string | null };

/** A page of what is public, newest first. Needs the network. */
export async function publicProducts(
	filter: { kind?: ProductKind; tag?: string; owner?: Id } = {},
	cursor: string | null = null
): Promise<PublicPage> {
	const query = { ...filter, ...(cursor !== null && { cursor }) };
	return (await api.api.products.$get({ query })).json();
}

function compare(a: string, b: string) {
	return a < b ? -1 : a > b ? 1 : 0;
}
