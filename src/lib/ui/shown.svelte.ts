import { MediaQuery } from 'svelte/reactivity';

/** Rows that are kept ready above and below the screen. */
const spare = 8;

/** A desk has room and a pointer: rows are dense there, generous elsewhere. */
export const desk = new MediaQuery('(min-width: 64rem)');

/** Which rows of a list of equal rows are on screen, or nearly: only those are in the page. */
export class Shown {
	#from = $state(0);
	#to = $state(40);
	#list: HTMLElement | undefined;
	#height = 1;
	#count = 0;
	#asked = 0;

	get from() {
		return Math.min(this.#from, this.#count);
	}

	get to() {
		return Math.min(this.#to, this.#count);
	}

	/** Follows the page for as long as the answer has not been called. */
	follow(list: HTMLElement): () => void {
		this.#list = list;
		const look = () => this.#look();
		addEventListener('scroll', look, { passive: true });
		addEventListener('resize', look);
		return () => {
			removeEventListener('scroll', look);
			removeEventListener('resize', look);
			cancelAnimationFrame(this.#asked);
			this.#list = undefined;
		};
	}

	measure(count: number, height: number): void {
		this.#count = count;
		this.#height = height;
		this.#look();
	}

	/** Scrolls no further than it takes to see that row. */
	reveal(index: number): void {
		if (!this.#list) return;
		const top = this.#list.getBoundingClientRect().top + index * this.#height;
		const bottom = top + this.#height;
		const margin = 2 * this.#height;
		if (top < margin) scrollBy({ top: top - margin });
		else if (bottom > innerHeight - margin) scrollBy({ top: bottom - innerHeight + margin });
		this.#now();
	}

	#look() {
		cancelAnimationFrame(this.#asked);
		this.#asked = requestAnimationFrame(() => this.#now());
	}

	#now() {
		if (!this.#list) return;
		const above = -this.#list.getBoundingClientRect().top;
		const first = Math.floor(above / this.#height) - spare;
		this.#from = Math.max(0, first);
		this.#to = Math.max(1, first + Math.ceil(innerHeight / this.#height) + 2 * spare);
	}
}

/** The size of text that the person has set, in pixels: rows grow with it. */
export function rem(): number {
	return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
