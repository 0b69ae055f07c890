/**
 * How a change of a record comes into the feeds (step 6 in the life of a change).
 *
 * It promises that the revisions of a scope are dense, in the order of the commits, and never appear
 * late; and that a feed's last word on a record is what the database holds, however many changed it
 * at the same time. For that a deed only notes what it changed. Last thing before the commit the
 * heads of the noted scopes are locked in sorted order, the noted records are read again (READ
 * COMMITTED: the reading sees what others committed meanwhile), and each gets one revision.
 */
import { sql } from 'drizzle-orm';
import type { FeedRow, Revision, Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import type { Bus, News } from './bus.ts';

/** A record as it reads for everyone in its scope. */
export type Reading = { id: Id; scope: Scope; data: Record<string, unknown> };

/** Reads those of the records that there are. */
export type Reader = (tx: Db, ids: Id[]) => Promise<Reading[]>;

/** How each kind of record is read, by kind. */
export type Readers = Record<string, Reader>;

/** Where the effect of a transaction shows: the last revision of each scope. */
export type Revisions = Record<Scope, Revision>;

type Noted = { scopes: Set<Scope>; records: Map<string, Set<Id>> };

const noted = new WeakMap<object, Noted>();

/**
 * Notes that a record of the scope has changed, came or went. A record that moves is noted in both.
 * Only inside `Feeds.write`.
 */
export function publish(tx: Db, scope: Scope, kind: string, id: Id): void {
	const notes = noted.get(tx);
	if (!notes) throw new Error('publish() was called outside of Feeds.write().');
	notes.scopes.add(scope);
	const ids = notes.records.get(kind) ?? new Set();
	notes.records.set(kind, ids.add(id));
}

export class Feeds {
	#db: Db;
	#readers: Readers;
	#bus: Bus;

	constructor(db: Db, readers: Readers, bus: Bus) {
		this.#db = db;
		this.#readers = readers;
		this.#bus = bus;
	}

	/**
	 * Does the work in one transaction and publishes what it noted. `finish` runs after the rows are
	 * written, in the same transaction. The work may run twice, when it met a deadlock.
	 */
	async write<T, U = T>(
		work: (tx: Db) => Promise<T>,
		finish: (tx: Db, result: T, revisions: Revisions) => Promise<U> = async (_, result) =>
			result as unknown as U
	): Promise<U> {
		const { result, news } = await this.#withoutDeadlock(() =>
			this.#db.transaction(async (tx) => {
				const notes: Noted = { scopes: new Set(), records: new Map() };
				noted.set(tx, notes);
				const done = await work(tx);
				const news = await this.#revise(tx, notes);
				const revisions = Object.fromEntries(news.map((each) => [each.scope, each.revision]));
				// Sent together: what does not wait for each other shares the way to the database.
				const [result] = await Promise.all([finish(tx, done, revisions), store(tx, news)]);
				return { result, news };
			})
		);
		if (news.length > 0) this.#bus.tell(news);
		return result;
	}

	async #withoutDeadlock<T>(work: () => Promise<T>, attempts = 3): Promise<T> {
		try {
			return await work();
		} catch (error) {
			if (attempts <= 1 || !isDeadlock(error)) throw error;
			return this.#withoutDeadlock(work, attempts - 1);
		}
	}

	/** The rows that the noted changes come to. */
	async #revise(tx: Db, notes: Noted): Promise<FeedNews[]> {
		if (notes.records.size === 0) return [];
		const heads = new Map<Scope, Revision>();
		let wanted = notes.scopes;
		let changes: Change[] = [];
		// A record may live elsewhere than its deed believed; then that scope's head is locked as well.
		while (wanted.size > 0) {
			await lock(tx, wanted, heads);
			changes = await this.#read(tx, notes);
			wanted = new Set(changes.flatMap(scopesOf).filter((scope) => !heads.has(scope)));
		}
		return revise(changes, heads);
	}

	async #read(tx: Db, notes: Noted): Promise<Change[]> {
		const [places, ...changes] = await Promise.all([
			placesOf(tx, notes),
			...[...notes.records].map(([kind, ids]) => this.#readKind(tx, kind, ids))
		]);
		return changes
			.flat()
			.map((change) => ({ ...change, place: places.get(`${change.kind} ${change.id}`) }));
	}

	async #readKind(tx: Db, kind: string, ids: Set<Id>) {
		const reader = this.#readers[kind];
		if (!reader) throw new Error(`Nothing reads records of the kind ${kind}.`);
		const readings = new Map((await reader(tx, [...ids])).map((each) => [each.id, each]));
		return [...ids].map((id) => ({ kind, id, reading: readings.get(id) }));
	}
}

type FeedNews = Extract<News, { t: 'feed' }>;
type Place = { scope: Scope; v: number };
type Change = { kind: string; id: Id; place: Place | undefined; reading: Reading | undefined };

/** Locks the heads in sorted order, so that no two transactions wait for each other. */
async function lock(tx: Db, wanted: Set<Scope>, heads: Map<Scope, Revision>) {
	const rows = await tx.execute<{ scope: Scope; revision: string }>(sql`
		insert into scopes (scope) select unnest(${list([...wanted].sort())}::text[])
		on conflict (scope) do update set revision = scopes.revision
		returning scope, revision`);
	for (const { scope, revision } of rows) heads.set(scope, Number(revision));
}

/** Where the noted records lived until now. */
async function placesOf(tx: Db, { records }: Noted): Promise<Map<string, Place>> {
	const asked = [...records].flatMap(([kind, ids]) => [...ids].map((id) => ({ kind, id })));
	const rows = await tx.execute<{ kind: string; id: Id; scope: Scope; v: number }>(sql`
		select kind, id, scope, v from records
		join jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked(kind text, id uuid)
		using (kind, id)`);
	return new Map(rows.map(({ kind, id, scope, v }) => [`${kind} ${id}`, { scope, v }]));
}

function scopesOf({ place, reading }: Change): Scope[] {
	return [place?.scope, reading?.scope].filter((scope) => scope !== undefined);
}

/** Gives one revision to each row; a record that moved leaves a tombstone where it was. */
function revise(changes: Change[], heads: Map<Scope, Revision>): FeedNews[] {
	const news = new Map<Scope, FeedNews>();
	const add = (scope: Scope, kind: string, id: Id, v: number, data: FeedRow['data']) => {
		const base = heads.get(scope) ?? 0;
		const each = news.get(scope) ?? { t: 'feed', scope, base, revision: base, rows: [] };
		each.revision += 1;
		each.rows.push({ kind, id, revision: each.revision, v, data });
		news.set(scope, each);
	};
	for (const { kind, id, place, reading } of changes) {
		const v = (place?.v ?? 0) + 1;
		if (place && place.scope !== reading?.scope) add(place.scope, kind, id, v, null);
		if (reading) add(reading.scope, kind, id, v, reading.data);
	}
	return [...news.values()];
}

async function store(tx: Db, news: FeedNews[]) {
	if (news.length === 0) return;
	const rows = news.flatMap(({ scope, rows }) => rows.map((row) => ({ scope, ...row })));
	await tx.execute(sql`
		with news as (
			select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
				as (scope text, kind text, id uuid, revision bigint, v int, data jsonb)
		), stored as (
			insert into feed (scope, kind, id, revision, v, data)
			select scope, kind, id, revision, v, nullif(data, 'null'::jsonb) from news
			on conflict (scope, kind, id) do update
			set revision = excluded.revision, v = excluded.v, data = excluded.data
		), placed as (
			insert into records (kind, id, scope, v)
			select distinct on (kind, id) kind, id, scope, v from news
			order by kind, id, nullif(data, 'null'::jsonb) is null
			on conflict (kind, id) do update set scope = excluded.scope, v = excluded.v
		)
		update scopes set revision = head.revision
		from (select scope, max(revision) as revision from news group by scope) as head
		where scopes.scope = head.scope`);
}

/** A list as one parameter: the text form of an array of Postgres. */
function list(items: string[]) {
	return `{${items.map((item) => JSON.stringify(item)).join(',')}}`;
}

function isDeadlock(error: unknown) {
	const cause = error instanceof Error && error.cause ? error.cause : error;
	return ['40P01', '40001'].includes((cause as { code?: string }).code ?? '');
}
