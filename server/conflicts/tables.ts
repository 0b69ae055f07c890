import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from '#server/accounts/tables.ts';

/** What lost when two changes of one field did not know of each other, until its person has seen to it. */
export const conflicts = pgTable(
	'conflicts',
	{
		id: uuid().primaryKey(),
		accountId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		kind: text().notNull(),
		recordId: uuid().notNull(),
		field: text().notNull(),
		/** Both in one object: Drizzle would read a text like `0.1` as a number if it stood alone. */
		said: jsonb().$type<{ kept: unknown; lost: unknown }>().notNull(),
		whose: uuid().notNull(),
		at: timestamp({ withTimezone: true, precision: 3, mode: 'date' }).notNull()
	},
	(conflict) => [
		index('conflicts_by_account').on(conflict.accountId, conflict.id),
		index('conflicts_by_record').on(conflict.kind, conflict.recordId)
	]
);
