import { tick } from 'svelte';

/** How long it stays, in ms: longer where there is something to decide. */
const shownFor = { undo: 12_000, said: 5_000 };

type Offer = { words: string; undo?: () => Promise<unknown> };

/** What has just been done, said once, with the way back. */
class Undo {
	#offer = $state.raw<Offer | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	get offer() {
		return this.#offer;
	}

	/** Says what was done, and how to undo it if it can be. Ctrl+Z does it too. */
	say(words: string, undo?: () => Promise<unknown>): void {
		this.#offer = { words, undo };
		this.hold();
		this.release();
	}

	/** Undoes what was done last. Answers whether there was anything. */
	take(): boolean {
		const undo = this.#offer?.undo;
		if (!undo) return false;
		this.close();
		void undo().catch(reportError);
		return true;
	}

	close(): void {
		this.hold();
		this.#offer = null;
	}

	/** Keeps it on screen for as long as somebody reads or reaches for it. */
	hold(): void {
		clearTimeout(this.#timer);
	}

	release(): void {
		this.hold();
		this.#timer = setTimeout(
			() => (this.#offer = null),
			shownFor[this.#offer?.undo ? 'undo' : 'said']
		);
	}
}

export const undo = new Undo();

/** How long a live query may take to tell of a change, in ms. */
const settling = 150;

/**
 * Puts the focus where the eye goes after a row is gone: on its successor, else on the content. What
 * was focused may go too, once the lists have heard of the change: then it is looked for again.
 */
export async function focusAfter(next: () => HTMLElement | null | undefined): Promise<void> {
	const focus = () => (next() ?? document.getElementById('main'))?.focus();
	await tick();
	focus();
	await new Promise((later) => setTimeout(later, settling));
	if (document.activeElement === document.body) focus();
}
