/** What products give to an archive of plain files, and how they come back from one. */
import { z } from 'zod';
import type { Id } from '#shared/id.ts';
import { detailsOf } from '#shared/product-details.ts';
import {
	addProduct,
	addRelease,
	changeProduct,
	Product,
	Release,
	trashProduct
} from '#shared/products.ts';
import { local } from '../db/local.ts';
import { mutate } from '../sync/mutate.ts';
import { toCsv } from './csv.ts';
import { myProducts, productsOf, trashedProducts } from './queries.ts';

export const productsFile = 'products/products.json';
export const ProductsFile = z.array(Product.extend({ releases: z.array(Release) }));
type Archived = z.infer<typeof ProductsFile>[number];

/** Everything that somebody has, with its changelog, also what lies in the trash; and as a table. */
export async function productFiles(me: Id): Promise<{ name: string; input: string }[]> {
	const kept = await myProducts(me);
	const all = [...kept, ...(await trashedProducts(me))];
	const releases = Map.groupBy(await local().releases.toArray(), ({ productId }) => productId);
	const records = ProductsFile.parse(
		all.map((product) => ({ ...product, releases: releases.get(product.id) ?? [] }))
	);
	return [
		{ name: productsFile, input: `${JSON.stringify(records, null, '\t')}\n` },
		{ name: 'products/products.csv', input: await toCsv(kept) }
	];
}

/** The places in the file of what belongs to somebody else. */
export async function foreignProducts(me: Id, records: Archived[]): Promise<string[]> {
	const known = await productsOf(records.map(({ id }) => id));
	return records.flatMap(({ id, owner }, i) =>
		owner.id === me && (known.get(id)?.owner.id ?? me) === me ? [] : [`${i}.id`]
	);
}

/** Adds what is not here; what is here stays as it is. Answers how many were added. */
export async function bringProducts(records: Archived[]): Promise<number> {
	const known = await productsOf(records.map(({ id }) => id));
	const fresh = records.filter(({ id }) => !known.has(id));
	for (const record of fresh) await bringProduct(record);
	for (const { releases } of records) for (const release of releases) await bringRelease(release);
	const thrown = fresh.filter(({ trashedAt }) => trashedAt !== null);
	for (const { id } of thrown) await mutate(trashProduct, { id });
	return fresh.length;
}

async function bringProduct(record: Archived) {
	const {
		owner: _,
		releases: __,
		createdAt: ___,
		changedAt: ____,
		trashedAt: _____,
		...product
	} = record;
	const shown: readonly string[] = detailsOf[product.kind];
	const all = Object.entries(product.details);
	const details = Object.fromEntries(all.filter(([name]) => shown.includes(name)));
	const hidden = Object.fromEntries(all.filter(([name]) => !shown.includes(name)));
	await mutate(addProduct, { ...product, details } as Parameters<
		typeof mutate<typeof addProduct>
	>[1]);
	if (Object.keys(hidden).length === 0) return;
	const from = Object.fromEntries(Object.keys(hidden).map((name) => [name, null]));
	await mutate(changeProduct, {
		id: product.id,
		change: { details: hidden },
		from: { details: from }
	});
}

async function bringRelease({ createdAt: _, ...release }: Release) {
	if (!(await local().releases.get(release.id))) await mutate(addRelease, release);
}
