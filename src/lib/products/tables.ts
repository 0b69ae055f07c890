import type { Product, Release } from '#shared/products.ts';

declare module '../db/records.ts' {
	interface Records {
		products: Product;
		releases: Release;
	}
}

export const tables = {
	products: 'id, [owner.id+changedAt], [owner.id+model], *tags, trashedAt',
	releases: 'id, productId'
};
