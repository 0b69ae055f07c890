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

/** Puts the focus where the eye goes after a row is gone: on its successor, else on the heading. */
export async function focusAfter(next: () => HTMLElement | null | undefined): Promise<void> {
	await tick();
	(next() ?? document.getElementById('main'))?.focus();
}
