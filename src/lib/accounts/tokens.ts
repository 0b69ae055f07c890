/**
 * The access token of the open account: in memory only, where no other site and no leftover file
 * can find it. It is renewed through a cookie that scripts cannot read.
 *
 * It promises: one refresh at a time on this device (Web Lock `talas-refresh`); a tab that waited uses
 * the token that the other one just got (BroadcastChannel). Where browsers give no locks (plain HTTP
 * on a LAN) two tabs may refresh at once; the server's half minute of grace gives both the same
 * successor. A token of another account is never used, even though the cookie would get one.
 * No network changes nothing: only the server's word ends a session.
 */
import type { AccessToken } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError, type ProblemCode } from '#shared/problem.ts';

const lockName = 'talas-refresh';
/** Milliseconds. */
const margin = 30_000;
const longestWait = 25_000;
const shareWait = 150;

/** The server's words that only signing in again can answer. */
const endings: ProblemCode[] = [
	'signed-out',
	'session-ended',
	'session-reused',
	'account-waiting',
	'account-suspended'
];

type Held = { token: string; until: number };
type Shared = { userId: Id; token: string };

export type TokenWorld = {
	/** Asks the server for a new token by the cookie; throws a ProblemError. */
	refresh(): Promise<AccessToken>;
	/** Undefined where the browser has none. */
	locks: LockManager | undefined;
	channel: BroadcastChannel;
	/** The session has ended, or goes on again after a sign-in (perhaps in another tab). */
	onended(ended: boolean): void;
};

export class Tokens {
	readonly #world: TokenWorld;
	#userId: Id | null = null;
	#held: Held | null = null;
	#ended = false;
	#renewing: Promise<string> | null = null;
	#onshared = () => {};

	constructor(world: TokenWorld) {
		this.#world = world;
		world.channel.onmessage = (event: MessageEvent<Shared>) => this.#hear(event.data);
	}

	/** Whose tokens these are from now on; forgets those of anybody else. */
	speakFor(userId: Id | null): void {
		if (userId === this.#userId) return;
		this.#userId = userId;
		this.#held = null;
		this.#end(false);
	}

	/** Uses a token fresh from the server, and shares it with the other tabs. */
	accept(token: string): void {
		this.#hold(token);
		if (this.#userId) this.#world.channel.postMessage({ userId: this.#userId, token });
	}

	/** A token that should be good now; null if no account is open. */
	async token(): Promise<string | null> {
		if (this.#userId === null) return null;
		if (this.#ended) throw new ProblemError('session-ended');
		return this.#usable(null) ?? this.renew(null);
	}

	/** Another token than the one the server refused. */
	renew(refused: string | null): Promise<string> {
		this.#renewing ??= this.alone((waited) => this.#renew(refused, waited)).finally(
			() => (this.#renewing = null)
		);
		return this.#renewing;
	}

	/**
	 * Does what changes the cookie while no other tab does so. `waited` tells that one just did.
	 * A tab that hangs does not stop the others for ever.
	 */
	async alone<T>(deed: (waited: boolean) => Promise<T>): Promise<T> {
		const { locks } = this.#world;
		if (!locks) return deed(false);
		const free = await locks.request(lockName, { ifAvailable: true }, async (lock) =>
			lock ? { done: await deed(false) } : null
		);
		return free ? free.done : this.#queue(locks, deed);
	}

	async #queue<T>(locks: LockManager, deed: (waited: boolean) => Promise<T>): Promise<T> {
		const patience = AbortSignal.timeout(longestWait);
		let begun = false;
		const inTurn = async () => {
			begun = true;
			return { done: await deed(true) };
		};
		try {
			const { done } = await locks.request(lockName, { signal: patience }, inTurn);
			return done as T;
		} catch (error) {
			if (begun || !patience.aborted) throw error;
			return deed(true);
		}
	}

	async #renew(refused: string | null, waited: boolean): Promise<string> {
		if (waited && !this.#usable(refused)) await this.#nextShared();
		const shared = this.#usable(refused);
		if (shared) return shared;
		const userId = this.#userId;
		const token = await this.#refresh();
		if (userId === null || userId !== this.#userId) throw new ProblemError('signed-out');
		if (claimsOf(token).sub !== userId) return this.#lose(new ProblemError('session-ended'));
		this.accept(token);
		return token;
	}

	async #refresh(): Promise<string> {
		try {
			return (await this.#world.refresh()).accessToken;
		} catch (error) {
			if (error instanceof ProblemError && endings.includes(error.code)) this.#lose(error);
			throw error;
		}
	}

	#lose(error: ProblemError): never {
		this.#held = null;
		this.#end(true);
		throw error;
	}

	#end(ended: boolean) {
		if (ended === this.#ended) return;
		this.#ended = ended;
		this.#world.onended(ended);
	}

	#hold(token: string) {
		const { iat, exp } = claimsOf(token);
		// The device's own clock may be wrong: only the length of the token's life is taken from it.
		this.#held = { token, until: Date.now() + (exp - iat) * 1_000 - margin };
		this.#end(false);
		this.#onshared();
	}

	#usable(refused: string | null): string | null {
		const held = this.#held;
		return held && held.token !== refused && held.until > Date.now() ? held.token : null;
	}

	#hear({ userId, token }: Shared) {
		if (userId === this.#userId) this.#hold(token);
	}

	/** The tab that held the lock shared its token before it let go; the message may be a bit later. */
	#nextShared(): Promise<void> {
		return new Promise((done) => {
			this.#onshared = done;
			setTimeout(done, shareWait);
		});
	}
}

/** What a token says of itself. The server checks it; here it is only read. */
export function claimsOf(token: string): { sub: string; iat: number; exp: number } {
	const body = token.split('.')[1] ?? '';
	return JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')));
}
