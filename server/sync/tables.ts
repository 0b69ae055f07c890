import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import type { PushResult } from '#shared/feed.ts';

const revision = () => bigint({ mode: 'number' }).notNull();
const at = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' }).notNull();

/** The head of each scope: its last revision. Whoever publishes locks it. */
export const scopes = pgTable('scopes', {
	scope: text().primaryKey(),
	revision: revision().default(0),
	/** Rows up to here may have been dropped: a cursor below starts again. */
	floor: revision().default(0)
});

/** One row a record and scope, replaced in place; `data` is null when it left the scope. */
export const feed = pgTable(
	'feed',
	{
		scope: text().notNull(),
		kind: text().notNull(),
		id: uuid().notNull(),
		revision: revision(),
		v: integer().notNull(),
		data: jsonb().$type<Record<string, unknown>>()
	},
	(row) => [
		primaryKey({ columns: [row.scope, row.kind, row.id] }),
		uniqueIndex('feed_by_revision').on(row.scope, row.revision)
	]
);

/** Where each record lives, and how often it has changed. It stays after a deletion. */
export const records = pgTable(
	'records',
	{ kind: text().notNull(), id: uuid().notNull(), scope: text().notNull(), v: integer().notNull() },
	(record) => [primaryKey({ columns: [record.kind, record.id] })]
);

/** Who syncs what, besides their own `user:<id>`, and why. The same rows answer who may. */
export const memberships = pgTable(
	'memberships',
	{
		id: uuid().primaryKey(),
		accountId: uuid().notNull(),
		scope: text().notNull(),
		reasons: text().array().notNull()
	},
	(membership) => [
		uniqueIndex('memberships_by_account').on(membership.accountId, membership.scope),
		index('memberships_by_scope').on(membership.scope),
		check('a_reason', sql`cardinality(${membership.reasons}) > 0`)
	]
);

/** The local databases that push: the number of the last mutation that each got through. */
export const clients = pgTable(
	'clients',
	{
		id: uuid().primaryKey(),
		accountId: uuid().notNull(),
		lastMutation: integer().notNull().default(0),
		lastSeenAt: at()
	},
	(client) => [
		index('clients_by_account').on(client.accountId),
		index('clients_by_last_seen').on(client.lastSeenAt)
	]
);

/** What each mutation was answered, until its client says that it has heard. */
export const answers = pgTable(
	'answers',
	{
		clientId: uuid()
			.notNull()
			.references(() => clients.id, { onDelete: 'cascade' }),
		n: integer().notNull(),
		mutationId: uuid().notNull(),
		result: jsonb().$type<PushResult>().notNull()
	},
	(answer) => [primaryKey({ columns: [answer.clientId, answer.n] })]
);

/** Names the one history that revisions and numbers count in: another after a restore. One row. */
export const history = pgTable(
	'history',
	{ only: boolean().primaryKey().default(true), id: uuid().notNull().defaultRandom() },
	(row) => [check('one_history', sql`${row.only}`)]
);
