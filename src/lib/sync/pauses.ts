/**
 * How long to wait after failures: 1, 2, 4… 60 seconds, give or take a half. Counted by a clock that
 * nobody can set.
 */
import { ProblemError } from '#shared/problem.ts';
import type { World } from './world.ts';

/** Milliseconds. */
const first = 1_000;
const longest = 60_000;

export class Pauses {
	readonly #world: Pick<World, 'random'>;
	#failures = 0;
	#until = 0;
	/** Until then even `end` changes nothing: the server said so. */
	#told = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(world: Pick<World, 'random'>) {
		this.#world = world;
	}

	over(): boolean {
		return performance.now() >= Math.max(this.#until, this.#told);
	}

	succeeded(): void {
		this.#failures = 0;
		this.#until = this.#told = 0;
	}

	failed(error?: Error): void {
		const now = performance.now();
		const pause = Math.min(longest, first * 2 ** this.#failures++);
		this.#until = now + pause * (0.5 + this.#world.random());
		const told = error instanceof ProblemError ? error.retryAfter : undefined;
		if (told !== undefined) this.#told = now + told * 1_000;
	}

	/** Something has changed: the next try may succeed. */
	end(): void {
		this.#failures = 0;
		this.#until = 0;
	}

	forEver(): void {
		this.#told = Infinity;
	}

	/** Calls back when the pause is over. */
	then(over: () => void): void {
		clearTimeout(this.#timer);
		const rest = Math.max(this.#until, this.#told) - performance.now();
		if (Number.isFinite(rest)) this.#timer = setTimeout(over, Math.max(0, rest));
	}
}
