import type { Id } from '#shared/id.ts';
import { deleteProduct, restoreProduct, type Product } from '#shared/products.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { mutate } from '$lib/sync/mutate.ts';
import { undo } from '$ui/undo.svelte.ts';
import { trashedProducts } from './queries.ts';
import { nameOf } from './words.ts';

/** What somebody threw away, and the ways out of there. */
export class GearTrash {
	readonly #products: Live<Product[] | null>;

	constructor(me: Id) {
		this.#products = new Live<Product[] | null>(() => trashedProducts(me), null);
	}

	/** Thrown away last, first; null until read. */
	get products() {
		return this.#products.current;
	}

	async restore(product: Product): Promise<void> {
		await mutate(restoreProduct, { id: product.id });
		undo.say(m.gear_restored({ name: nameOf(product) }));
	}

	async delete(product: Product): Promise<void> {
		await mutate(deleteProduct, { id: product.id });
		undo.say(m.gear_deleted({ name: nameOf(product) }));
	}
}
