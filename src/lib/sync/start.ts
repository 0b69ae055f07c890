/** Ties synchronising to the browser: its tabs, its network, its eyes. */
import type { Id } from '#shared/id.ts';
import { postAs, tokenFor } from '../api.ts';
import { useLocal, watch, type Local } from '../db/local.ts';
import { twins } from '../domains.ts';
import { syncWith } from './current.ts';
import { Leader } from './leader.ts';
import { LiveSocket } from './socket.ts';
import { status } from './status.svelte.ts';
import { Sync } from './sync.ts';
import type { World } from './world.ts';

export type Started = {
	/** Tries again now: signed in again, for example. */
	wake(): void;
	stop(): void;
};

/** Begins to keep the database of an open account and the server together. */
export function startSync(local: Local, userId: Id, outdated: () => void): Started {
	const end = new AbortController();
	const sync = new Sync(local, { id: userId }, twins, worldOf(userId, outdated));
	const live = new LiveSocket(sync.world, sync);
	useLocal(local);
	syncWith(sync);
	const wake = () => {
		sync.wake();
		live.wake();
	};
	const leader = new Leader(`talas-leader-${userId}`, tabs(userId, end.signal), async (signal) => {
		await Promise.all([sync.run(signal), live.run(signal)]);
	});
	leader.run(end.signal).catch(reportError);
	const unwatch = watchAttention(local);
	listen(wake, end.signal);
	const stop = () => {
		end.abort();
		unwatch();
		syncWith(null);
		useLocal(null);
		status.lower('refused');
	};
	return { wake, stop };
}

function worldOf(userId: Id, outdated: () => void): World {
	return {
		post: (path, json) => postAs(userId, path, json),
		token: (refused) => tokenFor(userId, refused),
		socket: (token) => new WebSocket('/api/live', ['talas', `bearer.${token}`]),
		now: () => Date.now(),
		random: () => Math.random(),
		raise: (reason) => status.raise(reason),
		lower: (reason) => status.lower(reason),
		outdated,
		diverged: (scopes) => {
			console.warn('This device and the server differed; they are brought together again.', scopes);
			reportError(new Error(`Differing scopes: ${scopes.length}`));
		},
		kept: () => {
			if (!status.online) flushLater(userId).catch(reportError);
		}
	};
}

function tabs(userId: Id, end: AbortSignal) {
	const channel = new BroadcastChannel(`talas-leader-${userId}`);
	end.addEventListener('abort', () => channel.close());
	return { locks: navigator.locks, channel, visible: () => document.visibilityState === 'visible' };
}

function listen(wake: () => void, signal: AbortSignal) {
	addEventListener('online', wake, { signal });
	addEventListener('focus', wake, { signal });
	document.addEventListener(
		'visibilitychange',
		() => document.visibilityState === 'visible' && wake(),
		{ signal }
	);
	const stop = status.onBack(wake);
	signal.addEventListener('abort', stop);
}

/** What was refused is told for as long as it is there, in every tab. */
function watchAttention(local: Local): () => void {
	return watch(
		() => local.attention.count(),
		(count) => (count > 0 ? status.raise('refused') : status.lower('refused'))
	);
}

/** Background Sync (WICG): the service worker sends what waits, also when the app is closed. */
async function flushLater(userId: Id): Promise<void> {
	const registration = await navigator.serviceWorker?.getRegistration();
	const { sync } = (registration ?? {}) as {
		sync?: { register(tag: string): Promise<void> };
	};
	await sync?.register(`talas-outbox-${userId}`);
}
