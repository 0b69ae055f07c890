import { ProblemError } from '#shared/problem.ts';

/** One button's deed: done once at a time, and its problem kept until the next attempt. */
export class Deed {
	#busy = $state(false);
	#problem = $state.raw<ProblemError | null>(null);

	get busy() {
		return this.#busy;
	}

	get problem() {
		return this.#problem;
	}

	async attempt(deed: () => Promise<unknown>) {
		if (this.#busy) return;
		this.#busy = true;
		this.#problem = null;
		try {
			await deed();
		} catch (error) {
			this.#problem = error instanceof ProblemError ? error : new ProblemError('internal');
		} finally {
			this.#busy = false;
		}
	}
}
