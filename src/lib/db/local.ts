/**
 * What this device keeps of one account: one Dexie database per person, `talas-<userId>`.
 *
 * It promises: nothing of one account is ever in the database of another; what the outbox acknowledges
 * is on the disk and not merely on its way there (`durability: 'strict'`); an upgrade never touches the
 * outbox, the images or the cursors; a newer tab is never held up by an older one, which closes its
 * connection and is told.
 *
 * `codeVersion` is raised by hand when older code would misread what newer code writes: an older tab
 * that finds a higher number stops changing server images and asks to be reloaded (design 2).
 */
import Dexie, { liveQuery, type DexieOptions, type EntityTable, type Table } from 'dexie';
import type { Id } from '#shared/id.ts';
import { skip } from '#shared/mutation.ts';
import { ProblemError } from '#shared/problem.ts';
import { tables as domainTables, tablesVersion } from '../domains.ts';
import type {
	Accepted,
	Attention,
	Cursor,
	Image,
	Setting,
	Tombstone,
	Waiting
} from './plumbing.ts';
import type { Records } from './records.ts';

export const codeVersion = 1;

/** Raised with every change of the tables below; Dexie's version is the sum with the domains' own. */
const plumbingVersion = 1;

const plumbing = {
	settings: 'key',
	outbox: 'n, id, *touches',
	accepted: '++order',
	attention: 'id',
	images: '[kind+id], row._scope',
	tombstones: '[kind+id], scope',
	cursors: 'scope'
};

type RecordTables = { [K in keyof Records]: Table<Records[K], Id> };

export type Local = Dexie &
	RecordTables & {
		settings: EntityTable<Setting, 'key'>;
		outbox: EntityTable<Waiting, 'n'>;
		accepted: EntityTable<Accepted, 'order'>;
		attention: EntityTable<Attention, 'id'>;
		images: Table<Image, [string, Id]>;
		tombstones: Table<Tombstone, [string, Id]>;
		cursors: EntityTable<Cursor, 'scope'>;
		/** The kinds of records that have a table here. */
		kinds: string[];
	};

/** What can happen to an open database from outside. */
export type LocalEvents = {
	/** Newer code has opened this database, or wants to: this tab should be reloaded. */
	outdated(): void;
	/** The database is being deleted by another tab: this one has let go of it. */
	gone(): void;
};

let opened: Local | null = null;

/** The database of the open account, for the queries of domains. */
export function local(): Local {
	if (!opened) throw new ProblemError('signed-out');
	return opened;
}

/** Says which database `local` answers from now on. */
export function useLocal(next: Local | null): void {
	opened = next;
}

/** The name of an account's database on this device. */
export function localName(userId: Id): string {
	return `talas-${userId}`;
}

/**
 * Opens the database of an account, making it if it is not there. Throws Dexie's errors.
 * @param tables the domains' own, by kind. Tests give others, and a database of their own.
 */
export async function openLocal(
	userId: Id,
	events: LocalEvents,
	tables: Record<string, string> = domainTables,
	options: DexieOptions = {}
): Promise<Local> {
	const kinds = { memberships: 'id, scope', ...tables };
	const local = new Dexie(localName(userId), {
		chromeTransactionDurability: 'strict',
		...options
	}) as Local;
	local.kinds = Object.keys(kinds);
	const indexed = Object.entries(kinds).map(([kind, indexes]) => [kind, `${indexes}, _scope`]);
	const stores = { ...plumbing, ...Object.fromEntries(indexed) };
	local.version(plumbingVersion + tablesVersion).stores(stores);
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

/**
 * Does `work` in one transaction over every table that mutations and feeds write. `here` is the
 * database as that transaction sees it: its tables are named outright, since Dexie, which otherwise
 * follows promises to find the transaction, loses it when many are awaited in memory.
 */
export function inFeeds<T>(
	local: Local,
	mode: 'r' | 'rw',
	work: (here: Local) => Promise<T>
): Promise<T> {
	const names = [...Object.keys(plumbing), ...local.kinds];
	return local.transaction(mode, names, (transaction) => {
		const table = (name: string) => transaction.table(name);
		const tables = Object.fromEntries(names.map((name) => [name, { value: table(name) }]));
		return work(Object.create(local, { ...tables, table: { value: table } }) as Local);
	});
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
	const unsent = await unsentIn(local).finally(() => local.close());
	return unsent.length;
}

/** Work that only this device has: what waits, and what was refused or parked until somebody decides. */
export async function unsentIn(local: Local): Promise<(Waiting | Attention)[]> {
	return local.transaction('r', local.outbox, local.attention, async () => {
		const waiting = await local.outbox.orderBy('n').toArray();
		const refused = await local.attention.toArray();
		return [...waiting.filter(({ name }) => name !== skip.name), ...refused];
	});
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
	const unwatch = watch(
		() => setting<number>(local, 'codeVersion'),
		(newest) => {
			if ((newest ?? 0) > codeVersion) events.outdated();
		}
	);
	const close = local.close.bind(local);
	local.close = (options) => {
		unwatch();
		close(options);
	};
}
