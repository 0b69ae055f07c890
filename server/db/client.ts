/**
 * The one driver for both databases: postgres.js under Drizzle, to Postgres or to the embedded PGlite.
 *
 * It promises that
 * - inside a transaction only `tx` speaks: a query on `db` there would wait for ever on PGlite,
 *   which has one connection, so it fails at once on both;
 * - a statement is prepared once a connection, which halves what each use costs (one way instead of
 *   two); those of ever new texts are not, past the first few hundred;
 * - what waits is bounded: past `queue` statements the answer is `busy`, and a statement or a
 *   transaction that takes longer than `timeLimit` fails.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres, { type Options, type Sql } from 'postgres';
import { ProblemError } from '#shared/problem.ts';
import { startEmbedded } from './embedded.ts';
import * as schema from './schema.ts';

/** The database, or a transaction on it: every query takes one, so that it can join a transaction. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, typeof schema>;

export type Database = {
	db: Db;
	kind: 'postgres' | 'embedded';
	/**
	 * A connection of its own, for migrations. The caller ends it, and on the embedded database uses
	 * nothing else meanwhile: two connections there share one session.
	 */
	connect: () => Sql;
	/** Statements that wait or run now. */
	waiting: () => number;
	close: () => Promise<void>;
};

export type DatabaseOptions = (
	| { url: string; connections?: number }
	/** Directory of the embedded database. */
	| { dataDir: string }
) & {
	/** How many statements may wait or run; the next one hears `busy`. */
	queue?: number;
	/** Milliseconds. */
	timeLimit?: number;
};

/** Opens the database; its schema is brought up to date by `migrate`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
	const { queue = 1_000, timeLimit = 30_000 } = options;
	const place = await placeOf(options, timeLimit);
	const sql = place.connect(place.connections);
	const guard = new Guard(sql, queue, timeLimit);
	return {
		db: drizzle(guard.sql, { schema, casing: 'snake_case' }),
		kind: place.kind,
		connect: () => place.connect(1),
		waiting: () => guard.waiting,
		close: async () => {
			guard.close();
			await sql.end({ timeout: 5 });
			await place.close();
		}
	};
}

type Place = {
	kind: Database['kind'];
	connections: number;
	connect: (max: number) => Sql;
	close: () => Promise<void>;
};

async function placeOf(options: DatabaseOptions, timeLimit: number): Promise<Place> {
	if ('url' in options) {
		const limits = { statement_timeout: timeLimit, idle_in_transaction_session_timeout: timeLimit };
		return {
			kind: 'postgres',
			connections: options.connections ?? 10,
			connect: (max) => postgres(options.url, { ...common, max, connection: limits }),
			close: async () => {}
		};
	}
	const embedded = await startEmbedded(options.dataDir);
	// One connection: PGlite has one session, so two would share unnamed statements and portals.
	return {
		kind: 'embedded',
		connections: 1,
		connect: (max) => postgres({ ...common, ...embedded.address, max, user: 'postgres' }),
		close: embedded.close
	};
}

const common = {
	onnotice: () => {},
	connect_timeout: 10
} satisfies Options<Record<string, never>>;

/** Statements that a connection keeps prepared. */
const mostPrepared = 400;

type Pending = { since: number; reject: (reason: Error) => void };

/** Stands before the driver and keeps the promises named at the head of this file. */
class Guard {
	readonly sql: Sql;
	#inTransaction = new AsyncLocalStorage<true>();
	#pending = new Set<Pending>();
	#known = new Set<string>();
	#queue: number;
	#timeLimit: number;
	#sweep: NodeJS.Timeout;

	constructor(sql: Sql, queue: number, timeLimit: number) {
		this.#queue = queue;
		this.#timeLimit = timeLimit;
		this.#sweep = setInterval(() => this.#rejectLate(), Math.min(1_000, timeLimit)).unref();
		const unsafe = this.#unsafe(sql);
		const begin = this.#begin(sql);
		this.sql = new Proxy(sql, {
			get: (target, key) =>
				key === 'unsafe' ? unsafe : key === 'begin' ? begin : Reflect.get(target, key)
		});
	}

	get waiting() {
		return this.#pending.size;
	}

	close() {
		clearInterval(this.#sweep);
	}

	#unsafe(sql: Sql): Sql['unsafe'] {
		return (query, parameters, options) => {
			this.#mayEnter();
			const statement = sql.unsafe(query, parameters, this.#prepare(query, options));
			// The driver settles a statement by these two members; both end its wait here.
			const settling = statement as unknown as Settling;
			const { resolve, reject } = settling;
			const pending = { since: Date.now(), reject: (reason: Error) => settling.reject(reason) };
			this.#pending.add(pending);
			settling.resolve = (value) => (this.#pending.delete(pending), resolve(value));
			settling.reject = (reason) => (this.#pending.delete(pending), reject(reason));
			return statement as never;
		};
	}

	#begin(sql: Sql): Sql['begin'] {
		const begin = async <T>(work: (tx: postgres.TransactionSql) => Promise<T>) => {
			this.#mayEnter();
			let giveUp: (reason: Error) => void = () => {};
			const tooLate = new Promise<never>((_, reject) => (giveUp = reject));
			const pending = { since: Date.now(), reject: giveUp };
			this.#pending.add(pending);
			try {
				return await sql.begin((tx) => {
					const speaking = this.#inTransaction.run(true, () => work(this.#preparing(tx)));
					return Promise.race([speaking, tooLate]);
				});
			} finally {
				this.#pending.delete(pending);
			}
		};
		return begin as Sql['begin'];
	}

	/** A transaction, or a savepoint in it, that prepares as well. */
	#preparing(tx: postgres.TransactionSql): postgres.TransactionSql {
		const unsafe: typeof tx.unsafe = (query, parameters, options) =>
			tx.unsafe(query, parameters, this.#prepare(query, options));
		const savepoint = (work: (inner: postgres.TransactionSql) => Promise<unknown>) =>
			tx.savepoint((inner) => work(this.#preparing(inner)));
		return new Proxy(tx, {
			get: (target, key) =>
				key === 'unsafe' ? unsafe : key === 'savepoint' ? savepoint : Reflect.get(target, key)
		});
	}

	#prepare(query: string, options?: postgres.UnsafeQueryOptions) {
		if (this.#known.size < mostPrepared) this.#known.add(query);
		return { ...options, prepare: this.#known.has(query) };
	}

	#mayEnter() {
		if (this.#inTransaction.getStore()) {
			throw new Error('Inside a transaction only tx speaks: this query was made on db.');
		}
		if (this.#pending.size >= this.#queue) throw new ProblemError('busy', { retryAfter: 1 });
	}

	#rejectLate() {
		const oldest = Date.now() - this.#timeLimit;
		for (const pending of this.#pending) {
			if (pending.since > oldest) return;
			pending.reject(new ProblemError('busy', { retryAfter: 5 }));
			this.#pending.delete(pending);
		}
	}
}

type Settling = { resolve: (value: unknown) => void; reject: (reason: Error) => void };
