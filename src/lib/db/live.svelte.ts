import { createSubscriber } from 'svelte/reactivity';
import { watch } from './local.ts';

/** A Dexie query read like a rune. Make it inside $derived so that it follows its inputs. */
export class Live<T> {
	#value: T;
	#read: () => void;

	constructor(query: () => Promise<T>, initial: T) {
		this.#value = initial;
		this.#read = createSubscriber((update) =>
			watch(query, (value) => {
				this.#value = value;
				update();
			})
		);
	}

	get current(): T {
		this.#read();
		return this.#value;
	}
}
