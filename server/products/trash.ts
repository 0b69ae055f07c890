import { inArray, lte } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import { forgetConflicts } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import { publish, type Feeds } from '#server/sync/feed.ts';
import { leaveAll } from '#server/sync/memberships.ts';
import { scopeOf, sharedScope } from './access.ts';
import { kindOfProducts, kindOfReleases, releasesOf } from './queries.ts';
import { products, type ProductRow } from './tables.ts';

const page = 100;

/** Deletes products for good, and tells whoever has them. */
export async function purge(tx: Db, rows: ProductRow[]): Promise<void> {
	const ids = rows.map(({ id }) => id);
	const changelog = await releasesOf(tx, ids);
	for (const { id, productId } of changelog) {
		const row = rows.find((each) => each.id === productId);
		if (row) publish(tx, scopeOf(row), kindOfReleases, id);
	}
	for (const row of rows) publish(tx, scopeOf(row), kindOfProducts, row.id);
	await forgetConflicts(tx, kindOfProducts, ids);
	await forgetConflicts(
		tx,
		kindOfReleases,
		changelog.map(({ id }) => id)
	);
	await tx.delete(products).where(inArray(products.id, ids));
	for (const id of ids) await disband(tx, id);
}

/** Nobody syncs its scope any more. */
export async function disband(tx: Db, id: Id): Promise<void> {
	await leaveAll(tx, sharedScope(id), ['owner', 'favourite', 'collected']);
}

/** Empties the trash of what has lain in it for long enough. */
export async function sweepProducts({ feeds }: { feeds: Feeds }, now = new Date()): Promise<void> {
	let rows: ProductRow[];
	do {
		rows = await feeds.write(async (tx) => {
			const due = await tx
				.select()
				.from(products)
				.where(lte(products.purgeAt, now))
				.orderBy(products.purgeAt)
				.limit(page)
				.for('update');
			if (due.length > 0) await purge(tx, due);
			return due;
		});
	} while (rows.length === page);
}
