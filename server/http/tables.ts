import { index, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** What writes with an `Idempotency-Key` were answered, for a day. */
export const idempotency = pgTable(
	'idempotency',
	{
		accountId: uuid().notNull(),
		key: text().notNull(),
		/** SHA-256 of method, path and body: a key stands for one request. */
		fingerprint: text().notNull(),
		/** Null while the first request is being answered. */
		status: integer(),
		contentType: text(),
		body: text(),
		createdAt: timestamp({ withTimezone: true, precision: 3, mode: 'date' }).notNull()
	},
	(answer) => [
		primaryKey({ columns: [answer.accountId, answer.key] }),
		index('idempotency_by_age').on(answer.createdAt)
	]
);
