import type { FieldCode } from '#shared/problem.ts';
import { ProblemError } from '#shared/problem.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { StorageFull } from '$lib/sync/problems.ts';
import { fieldWords, problemErrorWords } from '$lib/i18n/problems.ts';

/**
 * One field that is edited where it stands: what is typed stays the person's own until it is saved,
 * at blur or Enter; Escape takes it back. What comes from elsewhere shows as long as nobody types.
 */
export class Edit<T> {
	#typed = $state.raw<{ value: T } | null>(null);
	#wrong = $state<string>();
	#value: () => T;
	#save: (value: T) => Promise<unknown>;

	constructor(value: () => T, save: (value: T) => Promise<unknown>) {
		this.#value = value;
		this.#save = save;
	}

	get value(): T {
		return this.#typed ? this.#typed.value : this.#value();
	}

	set value(value: T) {
		this.#typed = { value };
	}

	/** Why it was not saved, in the language of the screen. */
	get wrong() {
		return this.#wrong;
	}

	revert(): void {
		this.#typed = null;
		this.#wrong = undefined;
	}

	/** Saves what was typed, if it is something else than what is there. */
	async commit(): Promise<void> {
		const typed = this.#typed;
		if (!typed) return;
		if (typed.value === this.#value()) return this.revert();
		try {
			await this.#save(typed.value);
			this.#wrong = undefined;
			if (this.#typed === typed) this.#typed = null;
		} catch (error) {
			this.#wrong = wordsOf(error);
		}
	}
}

/** Why something was refused here, in the language of the screen. */
export function wordsOf(error: unknown): string {
	if (error instanceof StorageFull) return m.attention_storage();
	if (!(error instanceof ProblemError)) throw error;
	const [first] = error.errors ?? [];
	return first ? fieldWords(first.code as FieldCode, first.path) : problemErrorWords(error);
}
