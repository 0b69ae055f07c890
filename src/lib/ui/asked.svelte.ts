import { ProblemError } from '#shared/problem.ts';

/** Something asked of the server: on its way, here, or why not. Asking again keeps what is shown. */
export class Asked<T> {
	#value = $state.raw<T | undefined>(undefined);
	#problem = $state.raw<ProblemError | null>(null);
	#ask: () => Promise<T>;

	constructor(ask: () => Promise<T>) {
		this.#ask = ask;
		void this.again();
	}

	get value() {
		return this.#value;
	}

	get problem() {
		return this.#problem;
	}

	async again() {
		try {
			this.#value = await this.#ask();
			this.#problem = null;
		} catch (error) {
			this.#problem = error instanceof ProblemError ? error : new ProblemError('internal');
		}
	}

	/** Changes what is shown, once the server has agreed to a deed. */
	replace(change: (value: T) => T) {
		if (this.#value !== undefined) this.#value = change(this.#value);
	}
}
