import { and, count, eq } from 'drizzle-orm';
import { flatten, withChange } from '#shared/conflicts.ts';
import type { Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import {
	addProduct,
	addProductTag,
	changeProduct,
	deleteProduct,
	mostTags,
	productGroups,
	removeProductTag,
	restoreProduct,
	trashProduct
} from '#shared/products.ts';
import { merge } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { join, leaveAll } from '#server/sync/memberships.ts';
import { on } from '#server/sync/mutations.ts';
import { purgeTime } from '#server/sync/trash.ts';
import { mustChange, scopeOf, sharedScope } from './access.ts';
import { kindOfProducts, kindOfReleases, releasesOf } from './queries.ts';
import { productTags, products, type ProductRow } from './tables.ts';
import { purge } from './trash.ts';

/** Lets those who keep a thing in their libraries follow its scope; handed over by domains.ts. */
export type Rejoin = (tx: Db, scope: Scope) => Promise<void>;

export const productMutations = (rejoin: Rejoin) => [
	on(addProduct, async (tx, me, { tags, ...product }, at) => {
		const [row] = await tx
			.insert(products)
			.values({ ...product, ownerId: me.id, createdAt: at, changedAt: at })
			.onConflictDoNothing()
			.returning();
		if (!row) return void (await mustBeMine(tx, me.id, product.id));
		if (tags.length > 0) {
			await tx.insert(productTags).values(tags.map((tag) => ({ productId: row.id, tag })));
		}
		await settle(tx, rejoin, row);
	}),

	on(changeProduct, async (tx, me, { id, change, from }, at) => {
		const row = await mustChange(tx, me, id);
		const { createdAt, ownerId, touched } = row;
		const record = { kind: kindOfProducts, id, createdAt, ownerId, touched };
		const merged = await merge(
			tx,
			{ ...record, fields: flatten(row, productGroups) },
			{
				change: flatten(change, productGroups),
				from: flatten(from, productGroups),
				by: me.id,
				at
			}
		);
		const changed = withChange(row, merged.change, ['details']);
		const after = { ...changed, touched: merged.touched, changedAt: later(row.changedAt, at) };
		await tx.update(products).set(after).where(eq(products.id, id));
		await settle(tx, rejoin, after, row);
	}),

	on(addProductTag, async (tx, me, { id, tag }, at) => {
		const row = await mustChange(tx, me, id);
		await tx.insert(productTags).values({ productId: id, tag }).onConflictDoNothing();
		const [tags] = await tx
			.select({ all: count() })
			.from(productTags)
			.where(eq(productTags.productId, id));
		if ((tags?.all ?? 0) > mostTags) throw new ProblemError('rejected-by-state');
		await touch(tx, row, at);
	}),

	on(removeProductTag, async (tx, me, { id, tag }, at) => {
		const row = await mustChange(tx, me, id);
		await tx
			.delete(productTags)
			.where(and(eq(productTags.productId, id), eq(productTags.tag, tag)));
		await touch(tx, row, at);
	}),

	on(trashProduct, async (tx, me, { id }, at) => {
		const row = await mustChange(tx, me, id, 'delete');
		if (row.trashedAt) return;
		const after = { ...row, trashedAt: at, purgeAt: purgeTime() };
		await tx.update(products).set(after).where(eq(products.id, id));
		await settle(tx, rejoin, after, row);
	}),

	on(restoreProduct, async (tx, me, { id }) => {
		const row = await mustChange(tx, me, id);
		const after = { ...row, trashedAt: null, purgeAt: null };
		await tx.update(products).set(after).where(eq(products.id, id));
		await settle(tx, rejoin, after, row);
	}),

	on(deleteProduct, async (tx, me, { id }) => {
		const row = await mustChange(tx, me, id, 'delete');
		if (!row.trashedAt) throw new ProblemError('rejected-by-state');
		await purge(tx, [row]);
	})
];

/** Publishes a product where it lives now, and takes along what lives with it when it moves. */
async function settle(tx: Db, rejoin: Rejoin, after: ProductRow, before?: ProductRow) {
	publish(tx, scopeOf(after), kindOfProducts, after.id);
	const shared = sharedScope(after.id);
	if (scopeOf(after) === shared) await join(tx, after.ownerId, shared, 'owner');
	if (!before) return;
	if (scopeOf(after) !== scopeOf(before)) {
		for (const { id } of await releasesOf(tx, [after.id])) {
			publish(tx, scopeOf(after), kindOfReleases, id);
		}
	}
	if (after.visibility === before.visibility) return;
	if (before.visibility === 'public') await leaveAll(tx, shared, ['favourite', 'collected']);
	if (after.visibility === 'private') await leaveAll(tx, shared, ['owner']);
	if (after.visibility === 'public') await rejoin(tx, shared);
}

async function touch(tx: Db, row: ProductRow, at: Date) {
	const changedAt = later(row.changedAt, at);
	await tx.update(products).set({ changedAt }).where(eq(products.id, row.id));
	publish(tx, scopeOf(row), kindOfProducts, row.id);
}

/** Adding again what is there changes nothing; the id of somebody else is taken. */
async function mustBeMine(tx: Db, accountId: Id, id: Id) {
	const mine = and(eq(products.id, id), eq(products.ownerId, accountId));
	const [row] = await tx.select({ id: products.id }).from(products).where(mine);
	if (!row) throw new ProblemError('id-taken');
}

function later(a: Date, b: Date) {
	return a > b ? a : b;
}
