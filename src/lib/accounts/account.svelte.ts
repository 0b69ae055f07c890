/**
 * Whose Talas this device is.
 *
 * It promises:
 * - The app opens at once from what the device keeps; the server is asked in the background. An expired
 *   token, or no network, never signs anyone out and never hides anything.
 * - When the server says that the session has ended, `needsSignIn` turns true and everything stays on
 *   screen. Signing in as the same person goes on where they were.
 * - Signing out first stops all work, then tells the server, then removes the local data (removal.ts);
 *   the other tabs leave too. Without a network the data is removed all the same, and the
 *   server is told before anybody signs in here again.
 * - Signing in as another person while an account is open (possible only after `needsSignIn`): the first
 *   account's data is removed as at a sign-out, **unless it has unsent work**. That is never deleted
 *   without asking, so then its database stays as it is, closed and unread, until its owner signs in
 *   here again. The page starts afresh, so that nothing of the first person is left in memory.
 */
import type { Account, Registration, SignedIn, SignIn } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { api, speakAs, stranger } from '../api.ts';
import type { Local } from '../db/local.ts';
import { storage } from '../pwa/storage.svelte.ts';
import { updates } from '../pwa/updates.svelte.ts';
import type { Started } from '../sync/start.ts';
import { status } from '../sync/status.svelte.ts';
import { refresh, tellLogout } from './cookie.ts';
import { deviceName } from './device-name.ts';
import * as device from './device.ts';
import { Kept } from './kept.ts';
import { removeLocalData } from './removal.ts';
import { Tokens } from './tokens.ts';

type Told = { type: 'entered' | 'left'; userId: Id };

class CurrentAccount {
	#state = $state<'opening' | 'signed-in' | 'signed-out'>('opening');
	#current = $state.raw<Account | null>(null);
	#needsSignIn = $state(false);
	#userId: Id | null = null;
	/** Whoever was open since this page was loaded: their data may still be in its memory. */
	#seen: Id | null = null;
	#kept: Kept | null = null;
	#sync: Started | null = null;
	#channel: BroadcastChannel | null = null;
	#tokens: Tokens | null = null;

	/** The person; null until known, and when nobody is signed in. */
	get current() {
		return this.#current;
	}

	get state() {
		return this.#state;
	}

	/** The server has ended the session: local data stays, and the person should sign in again. */
	get needsSignIn() {
		return this.#needsSignIn;
	}

	/** The open database. For the plumbing and for domains' queries, not for screens. */
	get local(): Local | null {
		return this.#kept?.local ?? null;
	}

	/** Opens the account that this device has. Once, when the app starts. */
	start(): void {
		if (this.#tokens) return;
		this.#tokens = new Tokens({
			refresh,
			locks: navigator.locks,
			channel: new BroadcastChannel('talas-token'),
			onended: (ended) => this.#end(ended)
		});
		speakAs(this.#tokens);
		this.#channel = new BroadcastChannel('talas-account');
		this.#channel.onmessage = (event: MessageEvent<Told>) => this.#hear(event.data);
		status.onBack(() => void this.#comeBack());
		void this.#begin();
	}

	async signIn(given: Pick<SignIn, 'login' | 'password'>): Promise<void> {
		const json = { ...given, deviceName: deviceName(navigator.userAgent) };
		const answer = await this.#atTheDoor(() => stranger.api.auth.login.$post({ json }));
		await this.#enter((await answer.json()) as SignedIn);
	}

	async register(given: Registration): Promise<'signed-in' | 'awaiting-approval'> {
		const json = { deviceName: deviceName(navigator.userAgent), ...given };
		const answer = await this.#atTheDoor(() => stranger.api.auth.register.$post({ json }));
		if (answer.status === 202) return 'awaiting-approval';
		await this.#enter((await answer.json()) as SignedIn);
		return 'signed-in';
	}

	/** Leaves this device, unsent work included: ask the person first (`unsent`, `exportUnsent`). */
	async signOut(): Promise<void> {
		device.oweLogout();
		await this.#leave();
	}

	/** Ends all sessions of this person; throws, and changes nothing here, if the server is away. */
	async signOutEverywhere(): Promise<void> {
		await api.api.auth.sessions.$delete();
		await this.#leave();
	}

	/** Deletes the account on the server, then everything of it on this device. */
	async delete(password: string): Promise<void> {
		await api.api.me.$delete({ json: { password } });
		await this.#leave();
	}

	/** How many changes only this device has. */
	async unsent(): Promise<number> {
		return (await this.#kept?.unsent()) ?? 0;
	}

	/** Those changes as a file that a person can keep: JSON, readable without Talas. */
	async exportUnsent(): Promise<Blob> {
		if (!this.#kept) throw new ProblemError('signed-out');
		return this.#kept.exportUnsent(this.#current?.handle);
	}

	/** Asks the server how the account is now, if it can be reached. */
	async refresh(): Promise<void> {
		await this.#comeBack();
	}

	/** Shows a profile that the server has just answered. */
	async keep(profile: Account): Promise<void> {
		if (profile.id === this.#userId) await this.#kept?.keep(profile);
	}

	async #begin() {
		try {
			const leaving = device.leavingHere();
			if (leaving) await removeLocalData(leaving);
			const userId = device.accountHere();
			if (userId) await this.#open(userId);
			else this.#state = 'signed-out';
		} catch (error) {
			// Without storage nothing can be shown but the way in, which then says what is wrong.
			this.#state = 'signed-out';
			status.raise('storage');
			reportError(error);
		}
		await this.#comeBack();
	}

	/** What is to be done when the server can be reached again. */
	async #comeBack() {
		try {
			if (this.#userId) await this.#refreshProfile();
			else await this.#tokens?.alone(tellLogout);
		} catch (error) {
			if (!(error instanceof ProblemError)) throw error;
			if (this.#current === null) this.#showNobody();
		}
	}

	/** The browser has lost what was kept, and the server cannot give it again now, or will not. */
	#showNobody() {
		if (this.#needsSignIn) this.#close();
		else this.#state = 'signed-out';
	}

	async #refreshProfile() {
		const answer = await api.api.me.$get();
		await this.keep(await answer.json());
	}

	/** A sign-in or registration, after the server has heard of a sign-out that it missed. */
	async #atTheDoor<T>(ask: () => Promise<T>): Promise<T> {
		const alone = async () => {
			await tellLogout();
			return ask();
		};
		return this.#tokens ? this.#tokens.alone(alone) : alone();
	}

	async #enter({ user, accessToken }: SignedIn) {
		const before = device.accountHere();
		if (before !== null && before !== user.id) await this.#leaveBehind(before);
		device.rememberAccount(user.id);
		// A removal that failed must not be repeated at the next start: from here on there is new work.
		if (device.leavingHere() === user.id) device.endLeaving();
		if (this.#kept === null) await this.#open(user.id, user);
		else await this.keep(user);
		this.#tokens?.accept(accessToken);
		this.#channel?.postMessage({ type: 'entered', userId: user.id } satisfies Told);
		if (this.#seen !== user.id) location.replace('/');
	}

	async #leaveBehind(userId: Id) {
		this.#close();
		const { countUnsent } = await import('../db/local.ts');
		if ((await countUnsent(userId)) === 0) await removeLocalData(userId);
	}

	/** Opens the database of an account, and shows the person as it knows them. */
	async #open(userId: Id, fresh?: Account) {
		this.#userId = userId;
		this.#seen ??= userId;
		this.#tokens?.speakFor(userId);
		const kept = await Kept.open(userId, this.#events(userId), fresh);
		if (this.#userId !== userId) return kept.close();
		this.#kept = kept;
		await this.#startSync(kept.local, userId);
		if (kept.profile) this.#show(kept.profile);
		else storage.reportLoss();
		await status.follow(kept.local);
	}

	/** From here on the device and the server are kept together. */
	async #startSync(local: Local, userId: Id) {
		const { startSync } = await import('../sync/start.ts');
		if (this.#userId === userId) this.#sync = startSync(local, userId, () => updates.outdated());
	}

	#events(userId: Id) {
		const here = () => this.#userId === userId;
		return {
			outdated: () => updates.outdated(),
			gone: () => here() && this.#close(),
			// Screens read as soon as somebody is shown: not before the queries have their database.
			changed: (profile: Account) => here() && this.#sync && this.#show(profile)
		};
	}

	#show(profile: Account) {
		this.#current = profile;
		this.#state = 'signed-in';
	}

	async #leave() {
		const userId = this.#userId ?? device.accountHere();
		this.#close();
		if (!userId) return;
		this.#state = 'opening';
		this.#channel?.postMessage({ type: 'left', userId } satisfies Told);
		await this.#tryToTellLogout();
		try {
			await removeLocalData(userId);
		} finally {
			this.#state = 'signed-out';
		}
	}

	async #tryToTellLogout() {
		try {
			await this.#tokens?.alone(tellLogout);
		} catch (error) {
			if (!(error instanceof ProblemError)) throw error;
			console.info('The server will be told of the sign-out later.', error.code);
		}
	}

	/** Lets go of the account on this page; nothing on the device is removed. */
	#close() {
		void status.follow(null);
		this.#sync?.stop();
		this.#sync = null;
		this.#kept?.close();
		this.#kept = null;
		this.#userId = null;
		this.#tokens?.speakFor(null);
		this.#current = null;
		this.#state = 'signed-out';
	}

	#end(ended: boolean) {
		this.#needsSignIn = ended;
		if (ended) return status.raise('sign-in');
		status.lower('sign-in');
		this.#sync?.wake();
	}

	#hear({ type, userId }: Told) {
		if (type === 'left') {
			if (userId === this.#userId) this.#close();
		} else if (userId !== this.#userId) {
			if (this.#seen === null || this.#seen === userId) void this.#begin();
			else location.reload();
		}
	}
}

/** The account of this device. */
export const account = new CurrentAccount();
