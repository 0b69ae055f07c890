/**
 * Sends what waits in the outbox while the app is closed, where browsers have Background Sync.
 *
 * It promises: never at the same time as a tab (the same lock); the same numbers and ids as a tab
 * would send, so that nothing counts twice; no token of another account. It keeps nothing: the app
 * sends the same again when it is opened, and is told what became of it.
 */
import { PushAnswer, type PushRequest } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { protocol } from '#shared/protocol.ts';
import { claimsOf } from '../lib/accounts/tokens.ts';
import type { Client, Setting, Waiting } from '../lib/db/plumbing.ts';
import { fitting, queued } from '../lib/sync/batch.ts';

const tag = /^talas-outbox-(.+)$/;

/** Background Sync (WICG) is not in TypeScript's library. */
type SyncEvent = Event & { tag: string; waitUntil(done: Promise<unknown>): void };

/** Answers the browser's word that there is a network again. */
export function onSync(event: Event): void {
	const told = event as SyncEvent;
	const userId = tag.exec(told.tag)?.[1];
	if (userId) told.waitUntil(flush(userId));
}

/** Sends all that waits; rejects if the server was not reached, so that the browser tries again. */
export async function flush(userId: Id): Promise<void> {
	await navigator.locks.request(`talas-leader-${userId}`, { ifAvailable: true }, async (lock) => {
		if (lock) await sendAll(userId);
	});
}

async function sendAll(userId: Id) {
	const { client, waiting } = await outboxOf(userId);
	const token = client && waiting.length > 0 ? await tokenOf(userId) : undefined;
	if (!client || !token) return;
	const seen = (waiting[0]?.n ?? 1) - 1;
	for (let sent = 0; sent < waiting.length;) {
		const batch = fitting(waiting.slice(sent));
		if (!(await arrived({ client, seen, batch }, token))) return;
		sent += batch.length;
	}
}

type Batch = { client: Client; seen: number; batch: Waiting[] };

/** Whether the server has an answer for each of them; what it is, the app will hear. */
async function arrived({ client, seen, batch }: Batch, token: string): Promise<boolean> {
	const sentAt = new Date().toISOString();
	const request: PushRequest = { clientId: client.id, sentAt, seen, mutations: batch.map(queued) };
	const answer = await fetch('/api/sync/push', {
		method: 'POST',
		headers: headers({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }),
		body: JSON.stringify(request)
	});
	if (answer.status >= 500) throw new Error(`The server cannot answer now: ${answer.status}`);
	if (!answer.ok) return false;
	return PushAnswer.parse(await answer.json()).lastMutation >= (batch.at(-1)?.n ?? 0);
}

/** A token of this account, if the cookie is still its own. One refresh at a time on this device. */
async function tokenOf(userId: Id): Promise<string | undefined> {
	return navigator.locks.request('talas-refresh', async () => {
		const answer = await fetch('/api/auth/refresh', { method: 'POST', headers: headers({}) });
		if (answer.status >= 500) throw new Error(`The server cannot answer now: ${answer.status}`);
		if (!answer.ok) return undefined;
		const { accessToken } = (await answer.json()) as { accessToken: string };
		return claimsOf(accessToken).sub === userId ? accessToken : undefined;
	});
}

function headers(more: Record<string, string>) {
	return { 'Talas-Protocol': String(protocol), ...more };
}

async function outboxOf(userId: Id): Promise<{ client?: Client; waiting: Waiting[] }> {
	const database = await open(`talas-${userId}`);
	if (!database) return { waiting: [] };
	try {
		const read = database.transaction(['settings', 'outbox']);
		const client = done<Setting | undefined>(read.objectStore('settings').get('client'));
		const waiting = done<Waiting[]>(read.objectStore('outbox').getAll());
		const found = (await client)?.value as Client | undefined;
		return { ...(found && { client: found }), waiting: await waiting };
	} finally {
		database.close();
	}
}

/** Opens a database as it is; undefined if there is none. */
async function open(name: string): Promise<IDBDatabase | undefined> {
	const request = indexedDB.open(name);
	let isNew = false;
	request.onupgradeneeded = () => {
		isNew = true;
		request.transaction?.abort();
	};
	try {
		const database = await done(request);
		database.onversionchange = () => database.close();
		return database;
	} catch (error) {
		if (!isNew) throw error;
		return undefined;
	}
}

function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('IndexedDB gave no reason.'));
	});
}
