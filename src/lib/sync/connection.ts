/**
 * Whether the server can be reached, told by evidence alone.
 *
 * It promises: `navigator.onLine` is a hint to look, never an answer; every request that succeeds or
 * fails counts; the server is pinged only in doubt or when the device wakes, never from a hidden
 * tab; while it is away, pings follow each other at 1, 2, 4… 60 seconds, give or take a half, so that
 * a whole community does not knock at the same moment when the server is back.
 */

/** Milliseconds. */
const firstPause = 1_000;
const longestPause = 60_000;
const freshness = 30_000;

export type World = {
	/** One small question to the server. */
	ping(): Promise<boolean>;
	/** Whether somebody can see this tab. */
	visible(): boolean;
	now(): number;
	/** 0 to 1. */
	random(): number;
};

export class Connection {
	readonly #world: World;
	readonly #onchange: (online: boolean) => void;
	#online: boolean;
	#failures = 0;
	#heardAt = -Infinity;
	#asking: Promise<void> | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(world: World, online: boolean, onchange: (online: boolean) => void) {
		this.#world = world;
		this.#online = online;
		this.#onchange = onchange;
	}

	get online() {
		return this.#online;
	}

	/** A request was answered, or not: one failure alone only raises a doubt. */
	heard(reached: boolean): void {
		if (reached) return this.#settle(true);
		this.#heardAt = -Infinity;
		if (this.#online) void this.ask();
	}

	/** The device woke, came into view, or says that its network changed. */
	wake(networkChanged: boolean): void {
		if (networkChanged) this.#failures = 0;
		const stale = this.#world.now() - this.#heardAt > freshness;
		if (networkChanged || stale || !this.#online) void this.ask();
	}

	/** Nobody looks any more: no pings until somebody does. */
	sleep(): void {
		clearTimeout(this.#timer);
	}

	/** Asks the server, unless it is being asked already or nobody would see the answer. */
	ask(): Promise<void> {
		if (!this.#world.visible()) return Promise.resolve();
		this.#asking ??= this.#ping().finally(() => (this.#asking = null));
		return this.#asking;
	}

	async #ping() {
		clearTimeout(this.#timer);
		this.#settle(await this.#world.ping());
	}

	#settle(reached: boolean) {
		clearTimeout(this.#timer);
		this.#failures = reached ? 0 : this.#failures + 1;
		if (reached) this.#heardAt = this.#world.now();
		else this.#timer = setTimeout(() => void this.ask(), this.#pause());
		if (reached === this.#online) return;
		this.#online = reached;
		this.#onchange(reached);
	}

	#pause() {
		const pause = Math.min(longestPause, firstPause * 2 ** (this.#failures - 1));
		return pause * (0.5 + this.#world.random());
	}
}
