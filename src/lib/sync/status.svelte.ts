/**
 * The one indicator that tells the truth: *saved · n waiting · offline · needs attention*.
 *
 * It promises: nothing waits unseen (the outbox is counted where it lies, in every tab), and
 * connectivity is what connection.ts found out. Later planes add their reasons by `raise`.
 */
import { SvelteSet } from 'svelte/reactivity';
import { onNews, ping } from '../api.ts';
import type { Local } from '../db/local.ts';
import { Connection } from './connection.ts';

/** Why a person has to look: sign in again, make room, settle what was refused. */
export type Attention = 'sign-in' | 'storage' | 'refused';

class Status {
	#waiting = $state(0);
	#online = $state(true);
	readonly #reasons = new SvelteSet<Attention>();
	#connection: Connection | null = null;
	readonly #back = new Set<() => void>();
	#unfollow = () => {};

	/** The gravest thing first: a person must act, no network, work not sent yet, all is well. */
	get state(): 'saved' | 'waiting' | 'offline' | 'attention' {
		if (this.#reasons.size > 0) return 'attention';
		if (!this.#online) return 'offline';
		return this.#waiting > 0 ? 'waiting' : 'saved';
	}

	/** Changes that the server does not have yet. */
	get waiting() {
		return this.#waiting;
	}

	/** Whether this Talas answers. */
	get online() {
		return this.#online;
	}

	get reasons(): ReadonlySet<Attention> {
		return this.#reasons;
	}

	/** Begins to watch the network. Once, when the app starts. */
	start(): void {
		if (this.#connection) return;
		this.#online = navigator.onLine;
		this.#connection = new Connection(browser, this.#online, (online) => this.#turn(online));
		watch(this.#connection);
		if (!this.#online) void this.#connection.ask();
	}

	/** Counts what waits in the outbox of `local`; null when no account is open. */
	async follow(local: Local | null): Promise<void> {
		this.#unfollow();
		this.#unfollow = () => {};
		this.#waiting = 0;
		if (!local) return;
		const { watch } = await import('../db/local.ts');
		this.#unfollow = watch(
			() => local.outbox.count(),
			(count) => (this.#waiting = count)
		);
	}

	raise(reason: Attention): void {
		this.#reasons.add(reason);
	}

	lower(reason: Attention): void {
		this.#reasons.delete(reason);
	}

	/** Calls `listener` each time the server is there again. Answers how to stop. */
	onBack(listener: () => void): () => void {
		this.#back.add(listener);
		return () => this.#back.delete(listener);
	}

	#turn(online: boolean) {
		this.#online = online;
		if (online) for (const listener of this.#back) listener();
	}
}

/** How saved this device is, for the indicator and the ledger. */
export const status = new Status();

const browser = {
	ping,
	visible: () => document.visibilityState === 'visible',
	now: () => Date.now(),
	random: () => Math.random()
};

function watch(connection: Connection) {
	onNews((news) => connection.heard(news !== 'unreached'));
	addEventListener('online', () => connection.wake(true));
	addEventListener('offline', () => connection.wake(true));
	addEventListener('focus', () => connection.wake(false));
	document.addEventListener('visibilitychange', () => {
		if (browser.visible()) connection.wake(false);
		else connection.sleep();
	});
}
