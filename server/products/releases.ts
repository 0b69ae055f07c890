import { count, eq } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { addRelease, changeRelease, mostReleases, removeRelease } from '#shared/products.ts';
import { forgetConflicts, merge } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';
import { publish } from '#server/sync/feed.ts';
import { on } from '#server/sync/mutations.ts';
import { mustChange, scopeOf } from './access.ts';
import { kindOfReleases } from './queries.ts';
import { releases } from './tables.ts';

/** The changelog: who may change the product may change it. */
export const releaseMutations = [
	on(addRelease, async (tx, me, release, at) => {
		const product = await mustChange(tx, me, release.productId);
		await mustHaveRoom(tx, product.id);
		const [row] = await tx
			.insert(releases)
			.values({ ...release, createdAt: at })
			.onConflictDoNothing()
			.returning({ id: releases.id });
		if (!row) return void (await mustBeOf(tx, product.id, release.id));
		publish(tx, scopeOf(product), kindOfReleases, row.id);
	}),

	on(changeRelease, async (tx, me, { id, change, from }, at) => {
		const { release, product } = await mustChangeRelease(tx, me, id);
		const { createdAt, touched } = release;
		const merged = await merge(
			tx,
			{ kind: kindOfReleases, id, ownerId: product.ownerId, createdAt, touched, fields: release },
			{ change, from, by: me.id, at }
		);
		await tx
			.update(releases)
			.set({ ...merged.change, touched: merged.touched })
			.where(eq(releases.id, id));
		publish(tx, scopeOf(product), kindOfReleases, id);
	}),

	on(removeRelease, async (tx, me, { id }) => {
		const { product } = await mustChangeRelease(tx, me, id);
		await tx.delete(releases).where(eq(releases.id, id));
		await forgetConflicts(tx, kindOfReleases, [id]);
		publish(tx, scopeOf(product), kindOfReleases, id);
	})
];

async function mustChangeRelease(tx: Db, me: Acting, id: Id) {
	const [release] = await tx.select().from(releases).where(eq(releases.id, id));
	if (!release) throw new ProblemError('not-found');
	const product = await mustChange(tx, me, release.productId);
	const [locked] = await tx.select().from(releases).where(eq(releases.id, id)).for('update');
	if (!locked) throw new ProblemError('not-found');
	return { release: locked, product };
}

async function mustHaveRoom(tx: Db, productId: Id) {
	const [row] = await tx
		.select({ all: count() })
		.from(releases)
		.where(eq(releases.productId, productId));
	if ((row?.all ?? 0) >= mostReleases) throw new ProblemError('rejected-by-state');
}

async function mustBeOf(tx: Db, productId: Id, id: Id) {
	const [row] = await tx.select().from(releases).where(eq(releases.id, id));
	if (row?.productId !== productId) throw new ProblemError('id-taken');
}
