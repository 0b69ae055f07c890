import { flatten, withChange } from '#shared/conflicts.ts';
import type { Id } from '#shared/id.ts';
import {
	addProduct,
	addProductTag,
	addRelease,
	changeProduct,
	changeRelease,
	deleteProduct,
	productGroups,
	removeProductTag,
	removeRelease,
	restoreProduct,
	trashProduct,
	type Product
} from '#shared/products.ts';
import { twin, type Belief } from '../sync/twin.ts';

/** What the screen may believe of products until the server has answered. */
export const twins = [
	twin(addProduct, async (db, me, product, at) => {
		if (await db.products.get(product.id)) return;
		// The server puts the name of the owner on it; on their own devices nobody reads it.
		const owner = { id: me.id, handle: '', displayName: '' };
		await db.products.put({ ...product, owner, createdAt: at, changedAt: at, trashedAt: null });
	}),

	twin(changeProduct, (db, _, { id, change }, at) =>
		edit(db, id, at, (product) => withChange(product, flatten(change, productGroups), ['details']))
	),

	twin(addProductTag, (db, _, { id, tag }, at) =>
		edit(db, id, at, (product) => ({ ...product, tags: withTag(product.tags, tag) }))
	),

	twin(removeProductTag, (db, _, { id, tag }, at) =>
		edit(db, id, at, (product) => ({
			...product,
			tags: product.tags.filter((each) => each !== tag)
		}))
	),

	twin(trashProduct, async (db, _, { id }, at) => {
		const product = await db.products.get(id);
		if (product && !product.trashedAt) await db.products.update(id, { trashedAt: at });
	}),

	twin(restoreProduct, (db, _, { id }) => db.products.update(id, { trashedAt: null })),

	twin(deleteProduct, async (db, _, { id }) => {
		for (const release of await db.releases.where('productId', id)) {
			await db.releases.delete(release.id);
		}
		await db.products.delete(id);
	}),

	twin(addRelease, async (db, _, release, at) => {
		if (await db.releases.get(release.id)) return;
		await db.releases.put({ ...release, createdAt: at });
	}),
	twin(changeRelease, (db, _, { id, change }) => db.releases.update(id, change)),
	twin(removeRelease, (db, _, { id }) => db.releases.delete(id))
];

async function edit(db: Belief, id: Id, at: string, change: (product: Product) => Product) {
	const product = await db.products.get(id);
	if (!product) return;
	const changedAt = product.changedAt > at ? product.changedAt : at;
	await db.products.put({ ...change(product), changedAt });
}

function withTag(tags: string[], tag: string) {
	return [...new Set([...tags, tag])].sort();
}
