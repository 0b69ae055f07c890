import { setOf } from './nothing.ts';
import { Tag } from '#shared/text.ts';

const most = 8;

type Offer = { tag: string; fresh: boolean };

/** What a tag field offers while somebody types: what exists, then the making of a new one. */
export class Suggestions {
	#typed = $state('');
	#open = $state(false);
	#active = $state(-1);
	#known: () => string[];
	#taken: () => string[];
	#pick: (tag: string) => void;

	constructor(known: () => string[], taken: () => string[], pick: (tag: string) => void) {
		this.#known = known;
		this.#taken = taken;
		this.#pick = pick;
	}

	readonly offered: Offer[] = $derived.by(() => {
		const wanted = this.#wanted;
		const taken = setOf(this.#taken());
		const free = this.#known().filter((tag) => !taken.has(tag));
		const found = wanted === null ? free : free.filter((tag) => tag.includes(wanted));
		const starts = (tag: string) => (wanted !== null && tag.startsWith(wanted) ? 0 : 1);
		const best = found.sort((a, b) => starts(a) - starts(b)).slice(0, most);
		const offers = best.map((tag) => ({ tag, fresh: false }));
		const isNew = wanted !== null && !taken.has(wanted) && !free.includes(wanted);
		return isNew ? [...offers, { tag: wanted, fresh: true }] : offers;
	});

	get typed() {
		return this.#typed;
	}

	get open() {
		return this.#open && this.offered.length > 0;
	}

	get active() {
		return Math.min(this.#active, this.offered.length - 1);
	}

	type(typed: string): void {
		this.#typed = typed;
		this.#active = -1;
		this.#open = true;
	}

	show(): void {
		this.#open = true;
	}

	hide(): void {
		this.#open = false;
		this.#active = -1;
	}

	take(tag: string): void {
		this.#pick(tag);
		this.#typed = '';
		this.#active = -1;
	}

	key(event: KeyboardEvent): void {
		const { length } = this.offered;
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			event.preventDefault();
			this.#open = true;
			const step = event.key === 'ArrowDown' ? 1 : -1;
			this.#active =
				length === 0 ? -1 : (Math.max(this.active, step < 0 ? 0 : -1) + step + length) % length;
		} else if (event.key === 'Enter' || event.key === ',') {
			const chosen = this.offered[this.active]?.tag ?? this.#wanted;
			if (chosen !== null || event.key === ',') event.preventDefault();
			if (chosen !== null && !this.#taken().includes(chosen)) this.take(chosen);
		} else if (event.key === 'Escape' && this.#open) {
			event.stopPropagation();
			this.hide();
		}
	}

	/** The tag that was typed, as it will be kept; null if it is none. */
	get #wanted(): string | null {
		const read = Tag.safeParse(this.#typed);
		return read.success ? read.data : null;
	}
}
