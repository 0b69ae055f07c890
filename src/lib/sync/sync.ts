/**
 * The work between this device and the server: one loop that sends, asks and listens.
 *
 * It promises: one thing at a time, the sending first; after a failure a pause that grows up to a
 * minute, with jitter, which `wake` ends, unless the server itself said how long; frames that come
 * while something is being done are taken together afterwards; newer code in the database ends it.
 */
import type { z } from 'zod';
import type { Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Mutation } from '#shared/mutation.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Twin } from './twin.ts';
import { watch, type Local } from '../db/local.ts';
import { believer } from './belief.ts';
import { check } from './check.ts';
import { append, argsOf, giveUp, sendAnew } from './outbox.ts';
import { Pauses } from './pauses.ts';
import { isQuota, StorageFull } from './problems.ts';
import { hear, pull, type Frame } from './pull.ts';
import { Pushing } from './push.ts';
import { Outdated, rebase, type Basis } from './rebase.ts';
import type { World } from './world.ts';

/** Milliseconds between two comparisons with the server. */
const checkEvery = 1_800_000;

export class Sync {
	readonly basis: Basis;
	readonly world: World;
	readonly pushing: Pushing;
	readonly #pauses: Pauses;
	#frames: Frame[] = [];
	#wanted = { push: true, pull: true, check: false };
	#stirred = () => {};
	/** Whether kinds that are new to this code were looked for. */
	#adopted = false;

	constructor(local: Local, me: { id: string }, twins: Iterable<Twin>, world: World) {
		this.basis = { local, ...believer(me, twins) };
		this.world = world;
		this.pushing = new Pushing(this.basis, world);
		this.#pauses = new Pauses(world);
	}

	/** Believes and queues a mutation. Throws a ProblemError or StorageFull, and then kept nothing. */
	async mutate<M extends Mutation>({ name }: M, args: z.input<M['args']>): Promise<void> {
		const acted = {
			name,
			args: argsOf(this.basis, name, args),
			at: new Date(this.world.now()).toISOString()
		};
		await this.#kept(() => append(this.basis, acted));
		this.want('push');
		this.world.kept();
	}

	/** Sends what needed attention anew, or what waits now. */
	async retry(id: Id): Promise<void> {
		await this.#kept(() => rebase(this.basis, (truth) => sendAnew(truth, id)));
		this.#pauses.end();
		this.want('push');
	}

	/** Gives a change up. If it may have been sent already, the server is told to skip it. */
	async discard(id: Id): Promise<void> {
		await this.#kept(() => rebase(this.basis, (truth) => giveUp(truth, id)));
		this.want('push');
	}

	/** Does the work until `signal` ends it. */
	async run(signal: AbortSignal): Promise<void> {
		const { local } = this.basis;
		const unwatch = watch(
			() => local.outbox.toCollection().lastKey(),
			(last) => last !== undefined && this.want('push')
		);
		signal.addEventListener('abort', () => this.#stirred());
		const checking = setInterval(() => this.want('check'), checkEvery);
		this.#wanted = { push: true, pull: true, check: false };
		try {
			while (!signal.aborted) {
				const worked = await this.#try(signal);
				if (!worked && !signal.aborted) await this.#rest();
			}
		} finally {
			clearInterval(checking);
			unwatch();
		}
	}

	want(what: 'push' | 'pull' | 'check'): void {
		this.#wanted[what] = true;
		this.#stirred();
	}

	/** The network may be back, or somebody looks: tries again now. */
	wake(): void {
		this.#pauses.end();
		this.#wanted.pull = true;
		this.#stirred();
	}

	/** Takes a frame of the live socket. */
	hear(frame: Frame): void {
		this.#frames.push(frame);
		this.#stirred();
	}

	/** Sends all that waits. Answers `later` if the oldest has to wait. */
	async push(): Promise<'empty' | 'later'> {
		for (;;) {
			const pushed = await this.#kept(() => this.pushing.push());
			await this.takeFrames();
			if (pushed !== 'more') return pushed;
		}
	}

	/** Takes all that is new. */
	async pull(): Promise<void> {
		while ((await this.#kept(() => pull(this.basis, this.world))) === 'more');
	}

	/** Compares this device with the server; answers which scopes differed and are filled anew. */
	async check(): Promise<Scope[]> {
		const different = await this.#kept(() => check(this.basis, this.world));
		if (different.length > 0) this.want('pull');
		return different;
	}

	/** Takes the frames that have come; what they leave open has to be pulled. */
	async takeFrames(): Promise<void> {
		const frames = this.#frames.splice(0);
		if (frames.length === 0) return;
		const left = await this.#kept(() => hear(this.basis, frames));
		if (left === 'pull') this.#wanted.pull = true;
	}

	/** Does what is to be done; answers whether there was anything. */
	async #try(signal: AbortSignal): Promise<boolean> {
		try {
			return await this.#work();
		} catch (error) {
			if (signal.aborted) return false;
			if (error instanceof Outdated) {
				this.world.outdated();
				this.#pauses.forEver();
			} else if (error instanceof ProblemError || error instanceof StorageFull) {
				this.#pauses.failed(error);
			} else {
				this.#pauses.failed();
				reportError(error);
			}
			return true;
		}
	}

	async #work(): Promise<boolean> {
		const { push, pull, check } = this.#wanted;
		const may = this.#pauses.over();
		if (!this.#adopted) await this.#adopt();
		if (this.#frames.length > 0) await this.takeFrames();
		else if (push && may) await this.#pushOnce();
		else if (pull && may) await this.#pullOnce();
		else if (check && may) await this.#checkOnce();
		else return false;
		return true;
	}

	async #adopt() {
		await this.#kept(() => rebase(this.basis, (truth) => truth.adopt()));
		this.#adopted = true;
	}

	async #pushOnce() {
		this.#wanted.push = false;
		try {
			const pushed = await this.push();
			if (pushed === 'later') throw new ProblemError('unavailable');
			this.#pauses.succeeded();
			if ((await this.basis.local.accepted.count()) > 0) this.#wanted.pull = true;
		} catch (error) {
			this.#wanted.push = true;
			throw error;
		}
	}

	async #pullOnce() {
		this.#wanted.pull = false;
		try {
			await this.pull();
			this.#pauses.succeeded();
		} catch (error) {
			this.#wanted.pull = true;
			throw error;
		}
	}

	/** It is done when there is nothing else to do; if it fails, the next time will come. */
	async #checkOnce() {
		this.#wanted.check = false;
		await this.check();
	}

	/** Until something is wanted, or the pause is over. */
	async #rest(): Promise<void> {
		const { push, pull, check } = this.#wanted;
		const wanted = push || pull || check;
		if (this.#frames.length > 0 || (wanted && this.#pauses.over())) return;
		await new Promise<void>((stirred) => {
			this.#stirred = stirred;
			if (wanted) this.#pauses.then(stirred);
		});
		this.#stirred = () => {};
	}

	/** Does something with the database, and tells loudly when there is no room. */
	async #kept<T>(deed: () => Promise<T>): Promise<T> {
		try {
			const done = await deed();
			this.world.lower('storage');
			return done;
		} catch (error) {
			if (!isQuota(error)) throw error;
			this.world.raise('storage');
			throw new StorageFull(error);
		}
	}
}
