/** What the figures of the feeds do inside a browser: the real client code on the real IndexedDB. */
import Dexie, { liveQuery } from 'dexie';
import type { FeedRow, PullAnswer, PullRequest } from '#shared/feed.ts';
import { userScope } from '#shared/feed.ts';
import { newId } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { addProduct, changeProduct } from '#shared/products.ts';
import { openLocal, useLocal, type Local } from '../../../src/lib/db/local.ts';
import { tables, twins } from '../../../src/lib/domains.ts';
import { productWindow } from '../../../src/lib/products/queries.ts';
import { Sync } from '../../../src/lib/sync/sync.ts';
import type { World } from '../../../src/lib/sync/world.ts';
import type { Times } from './times.ts';

/** The same after a reload. */
const me = '01900000-0000-7000-8000-000000000001';
const page = 1_000;

function timesOf(taken: number[]): Times {
	const sorted = taken.toSorted((a, b) => a - b);
	const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
	return { p50: at(0.5), p95: at(0.95) };
}

function product(n: number) {
	const id = newId();
	return {
		id,
		ownerId: me,
		kind: n % 3 ? 'hardware' : 'module',
		maker: `Maker ${n % 200}`,
		model: `Model ${(n * 7_919) % 1_000_003}`,
		version: '',
		year: 1960 + (n % 65),
		condition: null,
		description: 'Bought second hand, works well. '.repeat(3),
		links: [],
		licence: null,
		visibility: 'private',
		compatibility: { plugIn: '', plugInVersion: '', os: [], text: '' },
		details: {},
		tags: [`tag${n % 50}`, `tag${n % 7}`],
		owner: { id: me, handle: 'bench', displayName: 'Bench' },
		trashedAt: null,
		createdAt: new Date(1.7e12 + n * 1_000).toISOString(),
		changedAt: new Date(1.7e12 + n * 1_000).toISOString()
	};
}

/** A feed of so many products, as the server sends it. */
function rowsOf(count: number): FeedRow[] {
	return Array.from({ length: count }, (_, n) => {
		const data = product(n);
		return { kind: 'products', id: data.id, revision: n + 1, v: 1, data };
	});
}

function worldOf(post: World['post']): World {
	const nothing = () => {};
	return {
		post,
		token: async () => 'none',
		socket: () => {
			throw new Error('There is no socket in this bench.');
		},
		now: () => Date.now(),
		random: () => Math.random(),
		raise: nothing,
		lower: nothing,
		outdated: nothing,
		diverged: nothing,
		kept: nothing
	};
}

const away: World['post'] = async () => {
	throw new ProblemError('unavailable');
};

async function open(): Promise<Local> {
	const local = await openLocal(me, { outdated() {}, gone() {} });
	useLocal(local);
	return local;
}

async function openWith(count: number): Promise<Local> {
	await Dexie.delete(`talas-${me}`);
	const local = await open();
	const scope = userScope(me);
	const records = rowsOf(count).map(({ data, v }) => ({ ...data, _scope: scope, _v: v }));
	for (let i = 0; i < records.length; i += page) {
		await local.table('products').bulkPut(records.slice(i, i + page));
	}
	return local;
}

/** A mutation: its twin and its place in the outbox, among so many records. */
export async function mutating(count: number): Promise<Times> {
	const local = await openWith(count);
	const sync = new Sync(local, { id: me }, twins, worldOf(away));
	const taken: number[] = [];
	for (let n = 0; n < 220; n++) {
		const before = performance.now();
		await sync.mutate(addProduct, { id: newId(), kind: 'other', model: `Fresh ${n}` });
		if (n >= 20) taken.push(performance.now() - before);
	}
	local.close();
	return timesOf(taken);
}

/** The window of fifty that a list shows, anywhere among so many records, in each order. */
export async function listing(count: number): Promise<Times> {
	const local = await openWith(count);
	const taken: number[] = [];
	for (let n = 0; n < 120; n++) {
		const from = n % 3 ? Math.floor((count * (n % 40)) / 40) : 0;
		const before = performance.now();
		const rows = await productWindow(me, { sort: n % 2 ? 'name' : 'changed', from, size: 50 });
		if (n >= 20) taken.push(performance.now() - before);
		if (rows.length !== 50) throw new Error(`The window has ${rows.length} rows.`);
	}
	local.close();
	return timesOf(taken);
}

/** Puts so many records here, for `opening` after a reload. */
export async function fill(count: number): Promise<void> {
	(await openWith(count)).close();
}

/** The database is opened and its first fifty rows are read, in a page that knows nothing yet. */
export async function opening(): Promise<number> {
	const before = performance.now();
	const local = await open();
	const rows = await productWindow(me, { sort: 'name', from: 0, size: 50 });
	const time = performance.now() - before;
	if (rows.length !== 50) throw new Error(`${rows.length} rows are here.`);
	local.close();
	return time;
}

/** The first sync of so many records, and the longest task of the page meanwhile, in milliseconds. */
export async function firstSync(count: number): Promise<{ time: number; longest: number }> {
	await Dexie.delete(`talas-${me}`);
	const local = await open();
	const rows = rowsOf(count);
	const sync = new Sync(local, { id: me }, twins, worldOf(feed(rows)));
	// Making the rows was a long task too, but not one of the sync.
	await new Promise((turn) => setTimeout(turn));
	const watch = longTasks();
	const before = performance.now();
	await sync.pull();
	const time = performance.now() - before;
	const stored = await local.table('products').count();
	if (stored !== count) throw new Error(`${stored} of ${count} records are here.`);
	local.close();
	return { time, longest: await watch() };
}

/** Answers pulls as the server does, each page read from JSON as it would come. */
function feed(rows: FeedRow[]): World['post'] {
	const scope = userScope(me);
	const history = crypto.randomUUID();
	const pages: string[] = [];
	for (let i = 0; i < rows.length; i += page) {
		const news = rows.slice(i, i + page);
		const more = i + page < rows.length;
		const answer: PullAnswer = {
			history,
			scopes: { [scope]: { revision: i + news.length, rows: news, more } },
			joined: i === 0 ? [scope] : [],
			left: [],
			lastMutation: 0
		};
		pages.push(JSON.stringify(answer));
	}
	const nothing = JSON.stringify({ history, scopes: {}, joined: [], left: [], lastMutation: 0 });
	return async (_, json) => {
		const cursor = (json as PullRequest).scopes[scope] ?? 0;
		await new Promise((turn) => setTimeout(turn));
		return JSON.parse(pages[cursor / page] ?? nothing);
	};
}

/** The same rows and indexes, written by IndexedDB itself, one transaction a page. */
export async function rawWrite(count: number): Promise<number> {
	await Dexie.delete('raw');
	const database = await openRaw();
	const scope = userScope(me);
	const rows = rowsOf(count).map(({ data, v }) => ({ ...data, _scope: scope, _v: v }));
	const before = performance.now();
	for (let i = 0; i < rows.length; i += page) {
		await new Promise<void>((done, failed) => {
			const writing = database.transaction('products', 'readwrite', { durability: 'strict' });
			const store = writing.objectStore('products');
			for (const row of rows.slice(i, i + page)) store.put(row);
			writing.oncomplete = () => done();
			writing.onerror = () => failed(writing.error);
		});
	}
	const time = performance.now() - before;
	database.close();
	return time;
}

function openRaw(): Promise<IDBDatabase> {
	return new Promise((opened, failed) => {
		const asking = indexedDB.open('raw', 1);
		asking.onerror = () => failed(asking.error);
		asking.onsuccess = () => opened(asking.result);
		asking.onupgradeneeded = () => {
			const store = asking.result.createObjectStore('products', { keyPath: 'id' });
			for (const index of `${tables.products}, _scope`.split(',').slice(1)) {
				const name = index.trim().replace(/^[*&]/, '');
				const path = name.startsWith('[') ? name.slice(1, -1).split('+') : name;
				store.createIndex(name, path, { multiEntry: index.trim().startsWith('*') });
			}
		};
	});
}

function longTasks(): () => Promise<number> {
	let longest = 0;
	const observer = new PerformanceObserver((list) => {
		for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
	});
	observer.observe({ type: 'longtask' });
	return async () => {
		await new Promise((turn) => setTimeout(turn, 100));
		observer.disconnect();
		return longest;
	};
}

/** From a change to the live query that shows it, with so many others open: ours, and bare Dexie's. */
export async function visible(
	count: number,
	others: number
): Promise<{ ours: Times; bare: Times }> {
	const local = await openWith(count);
	const sync = new Sync(local, { id: me }, twins, worldOf(away));
	const products = local.table('products');
	const some = await products.limit(others + 1).toArray();
	const subscriptions = some
		.slice(1)
		.map(({ maker }: { maker?: unknown }) =>
			liveQuery(() => products.where('id').above(String(maker)).limit(50).toArray()).subscribe(
				() => {}
			)
		);
	const one = some[0] as { id: string; model: string };
	const seen = async (change: (model: string) => Promise<unknown>) => {
		const taken: number[] = [];
		for (let n = 0; n < 70; n++) {
			const model = `Seen ${n} ${Math.random()}`;
			const before = performance.now();
			await new Promise<void>((done) => {
				const subscription = liveQuery(() => products.get(one.id)).subscribe((now) => {
					if ((now as { model?: string } | undefined)?.model !== model) return;
					subscription.unsubscribe();
					done();
				});
				void change(model);
			});
			if (n >= 10) taken.push(performance.now() - before);
		}
		return timesOf(taken);
	};
	const bare = await seen((model) => products.update(one.id, { model }));
	const ours = await seen((model) =>
		sync.mutate(changeProduct, { id: one.id, change: { model }, from: { model: one.model } })
	);
	for (const each of subscriptions) each.unsubscribe();
	local.close();
	return { ours, bare };
}

/** So many changes wait; then the server is there. Answers milliseconds until all are accepted. */
export async function drain(count: number, id: string, token: string): Promise<number> {
	await Dexie.delete(`talas-${id}`);
	const local = await openLocal(id, { outdated() {}, gone() {} });
	const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
	const post: World['post'] = async (path, json) => {
		const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(json) });
		if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
		return answer.json();
	};
	const sync = new Sync(local, { id }, twins, worldOf(post));
	for (let n = 0; n < count; n++) {
		await sync.mutate(addProduct, { id: newId(), kind: 'other', model: `Waiting ${n}` });
	}
	const before = performance.now();
	const pushed = await sync.push();
	const time = performance.now() - before;
	const left = await local.outbox.count();
	if (pushed !== 'empty' || left > 0) throw new Error(`${left} changes still wait: ${pushed}.`);
	local.close();
	return time;
}
