/**
 * What this device keeps of one account: one Dexie database per person, `talas-<userId>`.
 *
 * It promises: nothing of one account is ever in the database of another; what the outbox acknowledges
 * is on the disk and not merely on its way there (`durability: 'strict'`); an upgrade never touches the
 * outbox; a newer tab is never held up by an older one, which closes its connection and is told.
 *
 * `codeVersion` is raised by hand when older code would misread what newer code writes: an older tab
 * that finds a higher number must stop changing server images and ask to be reloaded (design 2).
 */
import Dexie, { liveQuery, type EntityTable } from 'dexie';
import type { Id } from '#shared/id.ts';

export const codeVersion = 1;

/** One remembered value: `profile` (Account), `codeVersion` (number). */
export type Setting = { key: string; value: unknown };

/** A change that the server has not accepted yet; `n` counts up per device (design 2). */
export type Waiting = { n: number; id: Id; name: string; args: unknown; at: string };

export type Local = Dexie & {
	settings: EntityTable<Setting, 'key'>;
	outbox: EntityTable<Waiting, 'n'>;
};

/** What can happen to an open database from outside. */
export type LocalEvents = {
	/** Newer code has opened this database, or wants to: this tab should be reloaded. */
	outdated(): void;
	/** The database is being deleted by another tab: this one has let go of it. */
	gone(): void;
};

/** The name of an account's database on this device. */
export function localName(userId: Id): string {
	return `talas-${userId}`;
}

/** Opens the database of an account, making it if it is not there. Throws Dexie's errors. */
export async function openLocal(userId: Id, events: LocalEvents): Promise<Local> {
	const local = new Dexie(localName(userId), {
		chromeTransactionDurability: 'strict'
	}) as Local;
	local.version(1).stores({ settings: 'key', outbox: 'n' });
	local.on('versionchange', (event) => {
		local.close({ disableAutoOpen: true });
		if (event.newVersion === null) events.gone();
		else events.outdated();
		return false; // Dexie's own listener would warn, and open the database again
	});
	await local.open();
	await recordCode(local, events);
	return local;
}

/** Deletes the database of an account, whichever tabs have it open. */
export function deleteLocal(userId: Id): Promise<void> {
	return Dexie.delete(localName(userId));
}

/** Whether this device has a database of that account. */
export function hasLocal(userId: Id): Promise<boolean> {
	return Dexie.exists(localName(userId));
}

/** Changes that the server does not have, counted without keeping the database open. */
export async function countUnsent(userId: Id): Promise<number> {
	if (!(await hasLocal(userId))) return 0;
	const local = await openLocal(userId, { outdated() {}, gone() {} });
	return local.outbox.count().finally(() => local.close());
}

/** A remembered value, or undefined. */
export async function setting<T>(local: Local, key: string): Promise<T | undefined> {
	return (await local.settings.get(key))?.value as T | undefined;
}

/**
 * Tells the result of `query` now and after each change of what it read, in any tab. A query that
 * fails is reported as an uncaught error. Answers how to stop.
 */
export function watch<T>(query: () => Promise<T>, next: (value: T) => void): () => void {
	const watching = liveQuery(query).subscribe({ next, error: report });
	return () => watching.unsubscribe();
}

/** Closing a database ends its queries: that is no fault. */
function report(error: unknown) {
	if ((error as { name?: unknown } | null)?.name !== 'DatabaseClosedError') reportError(error);
}

async function recordCode(local: Local, events: LocalEvents) {
	await local.transaction('rw', local.settings, async () => {
		const newest = (await setting<number>(local, 'codeVersion')) ?? 0;
		if (newest < codeVersion) await local.settings.put({ key: 'codeVersion', value: codeVersion });
	});
	watch(
		() => setting<number>(local, 'codeVersion'),
		(newest) => {
			if ((newest ?? 0) > codeVersion) events.outdated();
		}
	);
}
