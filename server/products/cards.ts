import { eq, inArray } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { publish, type Feeds } from '#server/sync/feed.ts';
import { scopeOf, sharedScope } from './access.ts';
import { kindOfProducts } from './queries.ts';
import { disband, purge } from './trash.ts';
import { products, type ProductRow } from './tables.ts';

const page = 200;

/** A person has another name: what carries their card is noted, in the same transaction. */
export async function markCards(tx: Db, accountId: Id): Promise<void> {
	await tx.update(products).set({ staleCard: true }).where(eq(products.ownerId, accountId));
}

/** Publishes again what carries an old name, page by page: nobody waits long for a head. */
export async function republishCards({ feeds }: { feeds: Feeds }): Promise<void> {
	let rows: ProductRow[];
	do {
		rows = await feeds.write(async (tx) => {
			const stale = await tx
				.select()
				.from(products)
				.where(eq(products.staleCard, true))
				.limit(page)
				.for('update', { skipLocked: true });
			const ids = stale.map(({ id }) => id);
			await tx.update(products).set({ staleCard: false }).where(inArray(products.id, ids));
			for (const row of stale) publish(tx, scopeOf(row), kindOfProducts, row.id);
			return stale;
		});
	} while (rows.length === page);
}

/**
 * Deletes what a person had shared, as their account goes, so that others hear of it. What only they
 * could see goes with the account itself.
 */
export async function dropProducts(tx: Db, accountId: Id): Promise<void> {
	const rows = await tx.select().from(products).where(eq(products.ownerId, accountId));
	await purge(
		tx,
		rows.filter((row) => scopeOf(row) === sharedScope(row.id))
	);
	for (const { id } of rows.filter((row) => row.trashedAt)) await disband(tx, id);
}
