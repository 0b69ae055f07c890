import { SvelteSet } from 'svelte/reactivity';

/** What is picked out of a list: one by one, from one to another, all. */
export class Selection {
	readonly #ids = new SvelteSet<string>();
	#last: string | null = null;

	get size() {
		return this.#ids.size;
	}

	get ids(): string[] {
		return [...this.#ids];
	}

	has(id: string): boolean {
		return this.#ids.has(id);
	}

	toggle(id: string): void {
		if (!this.#ids.delete(id)) this.#ids.add(id);
		this.#last = id;
	}

	/** Adds all from the one picked last to this one, as `order` has them. */
	extend(id: string, order: readonly string[]): void {
		const ends = [order.indexOf(this.#last ?? id), order.indexOf(id)].sort((a, b) => a - b);
		const [from = -1, to = -1] = ends;
		if (from < 0) return this.toggle(id);
		for (const each of order.slice(from, to + 1)) this.#ids.add(each);
		this.#last = id;
	}

	all(ids: Iterable<string>): void {
		for (const id of ids) this.#ids.add(id);
	}

	clear(): void {
		this.#ids.clear();
		this.#last = null;
	}

	/** Lets go of what is not there any more. */
	keep(there: (id: string) => boolean): void {
		for (const id of this.#ids) if (!there(id)) this.#ids.delete(id);
	}
}
