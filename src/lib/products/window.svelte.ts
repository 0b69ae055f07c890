import type { Id } from '#shared/id.ts';
import type { Product } from '#shared/products.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { idsInOrder } from './order.ts';
import { productWindow } from './queries.ts';

const chunk = 50;

/** Somebody's gear, the latest change first, of which only what is looked at is read. */
export class GearWindow {
	readonly #ids: Live<Id[] | null>;
	readonly #me: Id;
	/** What was read before, until what is looked at now is here. */
	readonly #before: Record<Id, Product> = {};
	#from = $state(0);

	constructor(me: Id) {
		this.#me = me;
		this.#ids = new Live<Id[] | null>(() => idsInOrder(me, 'changed'), null);
	}

	readonly #rows = $derived.by(() => {
		const window = { sort: 'changed' as const, from: this.#from, size: 4 * chunk };
		return new Live<Record<Id, Product>>(async () => {
			const found = await productWindow(this.#me, window);
			const rows = Object.fromEntries(found.map((product) => [product.id, product]));
			return Object.assign(this.#before, rows) && rows;
		}, {});
	});

	/** Null until they have been read. */
	get ids() {
		return this.#ids.current;
	}

	/** One of them, if it was looked at. */
	get(id: Id): Product | undefined {
		return this.#rows.current[id] ?? this.#before[id];
	}

	/** Says what is looked at. */
	look(from: number): void {
		this.#from = Math.max(0, (Math.floor(from / chunk) - 1) * chunk);
	}
}
