import { asc, eq } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import type { PlainFile } from '#server/http/take-out.ts';
import { asProducts, releasesOf } from './queries.ts';
import { products } from './tables.ts';

/** What products give to a take-out: each with its changelog, also what lies in the trash. */
export async function takeOut(db: Db, accountId: Id): Promise<PlainFile[]> {
	const rows = await db
		.select()
		.from(products)
		.where(eq(products.ownerId, accountId))
		.orderBy(asc(products.id));
	const ids = rows.map(({ id }) => id);
	const releases = Map.groupBy(await releasesOf(db, ids), ({ productId }) => productId);
	const all = (await asProducts(db, rows)).map((product) => ({
		...product,
		releases: releases.get(product.id) ?? []
	}));
	return [{ name: 'products/products.json', input: `${JSON.stringify(all, null, '\t')}\n` }];
}
