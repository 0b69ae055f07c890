export type Where = 'before' | 'inside' | 'after';

/** Something is dragged over a row: whether it would go before it, into it, or after it. */
export class Dragging {
	#where = $state<Where>();
	#drop: (where: Where) => void;
	#inside: boolean;

	/** @param inside whether a row can take something in */
	constructor(drop: (where: Where) => void, inside = true) {
		this.#drop = drop;
		this.#inside = inside;
	}

	get where() {
		return this.#where;
	}

	over(event: DragEvent & { currentTarget: HTMLElement }): void {
		event.preventDefault();
		const { top, height } = event.currentTarget.getBoundingClientRect();
		const part = (event.clientY - top) / height;
		const edge = this.#inside ? 0.28 : 0.5;
		this.#where = part < edge ? 'before' : part > 1 - edge ? 'after' : 'inside';
	}

	leave(): void {
		this.#where = undefined;
	}

	drop(event: DragEvent): void {
		event.preventDefault();
		const where = this.#where;
		this.leave();
		if (where) this.#drop(where);
	}
}
