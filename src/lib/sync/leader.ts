/**
 * Many tabs, one that speaks with the server.
 *
 * It promises: the tab that holds the Web Lock works, the others wait for it; it beats every 5
 * seconds, and a tab that somebody looks at takes the lock over after 15 seconds of silence (a tab in
 * the background may be frozen with the lock in its hands); whoever loses the lock stops at once.
 * Where browsers give no locks (plain HTTP on a LAN) every tab works: each mutation still counts once.
 */

/** Milliseconds. */
const beatEvery = 5_000;
const longestSilence = 15_000;
const lookEvery = 1_000;

export type LeaderWorld = {
	/** Undefined where the browser has none. */
	locks: Pick<LockManager, 'request'> | undefined;
	/** Reaches the other tabs. */
	channel: Pick<BroadcastChannel, 'postMessage'> & {
		onmessage: ((event: MessageEvent) => void) | null;
	};
	/** Whether somebody can see this tab. */
	visible(): boolean;
};

export class Leader {
	readonly #name: string;
	readonly #world: LeaderWorld;
	readonly #work: (signal: AbortSignal) => Promise<void>;
	#heardAt = performance.now();
	#reign: AbortController | null = null;

	/** @param work goes on until its signal is aborted. */
	constructor(name: string, world: LeaderWorld, work: (signal: AbortSignal) => Promise<void>) {
		this.#name = name;
		this.#world = world;
		this.#work = work;
		world.channel.onmessage = () => (this.#heardAt = performance.now());
	}

	/** Works whenever it is this tab's turn, until `end`. */
	async run(end: AbortSignal): Promise<void> {
		const { locks } = this.#world;
		if (!locks) return this.#work(end);
		while (!end.aborted) {
			const patient = await this.#wait(locks, end);
			if (!patient && !end.aborted) await this.#take(locks, { steal: true }, end);
		}
	}

	/** Waits for its turn, and works. Answers false if there was too long a silence before. */
	async #wait(locks: Pick<LockManager, 'request'>, end: AbortSignal): Promise<boolean> {
		this.#heardAt = performance.now();
		const impatience = new AbortController();
		const looking = setInterval(() => {
			if (this.#isSilent()) impatience.abort();
		}, lookEvery);
		const signal = AbortSignal.any([end, impatience.signal]);
		await this.#take(locks, { signal }, end).finally(() => clearInterval(looking));
		return !impatience.signal.aborted;
	}

	#isSilent() {
		const silence = performance.now() - this.#heardAt;
		return this.#reign === null && this.#world.visible() && silence > longestSilence;
	}

	async #take(locks: Pick<LockManager, 'request'>, how: LockOptions, end: AbortSignal) {
		try {
			await locks.request(this.#name, how, () => this.#lead(end));
		} catch (error) {
			if ((error as { name?: unknown } | null)?.name !== 'AbortError') throw error;
		} finally {
			// The lock was stolen while the work went on.
			this.#reign?.abort();
			this.#reign = null;
		}
	}

	async #lead(end: AbortSignal) {
		const reign = new AbortController();
		this.#reign = reign;
		const beat = () => this.#world.channel.postMessage('beat');
		const beating = setInterval(beat, beatEvery);
		reign.signal.addEventListener('abort', () => clearInterval(beating));
		beat();
		await this.#work(AbortSignal.any([end, reign.signal])).finally(() => clearInterval(beating));
	}
}
