import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accountStates, roles } from '#shared/accounts.ts';

const at = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });

export const role = pgEnum('role', roles);
export const accountState = pgEnum('account_state', accountStates);

export const accounts = pgTable(
	'accounts',
	{
		id: uuid().primaryKey(),
		handle: text().notNull().unique(),
		displayName: text().notNull(),
		email: text().notNull().unique(),
		emailVerifiedAt: at(),
		passwordHash: text().notNull(),
		role: role().notNull().default('user'),
		state: accountState().notNull().default('active'),
		createdAt: at().notNull()
	},
	(account) => [
		check('handle_lower_case', sql`${account.handle} = lower(${account.handle})`),
		check('email_lower_case', sql`${account.email} = lower(${account.email})`),
		index('accounts_by_state').on(account.state, account.id)
	]
);
export type AccountRow = typeof accounts.$inferSelect;

/** A signed-in device. It ends by deletion. */
export const sessions = pgTable(
	'sessions',
	{
		id: uuid().primaryKey(),
		accountId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		deviceName: text().notNull(),
		/** SHA-256 of the current refresh token, in hex: who reads the database cannot sign in. */
		tokenHash: text().notNull(),
		/** When the token was last replaced, in Unix milliseconds: the times within the grace. */
		replacedAt: jsonb().$type<number[]>().notNull().default([]),
		createdAt: at().notNull(),
		lastSeenAt: at().notNull(),
		expiresAt: at().notNull()
	},
	(session) => [
		index('sessions_by_account').on(session.accountId, session.lastSeenAt),
		index('sessions_by_expiry').on(session.expiresAt)
	]
);
export type SessionRow = typeof sessions.$inferSelect;

export const linkPurpose = pgEnum('link_purpose', ['verify-email', 'reset-password']);

/** A link that was sent to somebody and works once. */
export const links = pgTable(
	'links',
	{
		/** SHA-256 of the token, in hex. */
		hash: text().primaryKey(),
		accountId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		purpose: linkPurpose().notNull(),
		/** The address that the link proves. */
		email: text().notNull(),
		expiresAt: at().notNull()
	},
	(link) => [
		index('links_by_account').on(link.accountId, link.purpose),
		index('links_by_expiry').on(link.expiresAt)
	]
);
export type LinkPurpose = (typeof linkPurpose.enumValues)[number];

/** A link that lets one person open an account. */
export const invites = pgTable(
	'invites',
	{
		id: uuid().primaryKey(),
		/** SHA-256 of the code, in hex. */
		hash: text().notNull().unique(),
		createdBy: uuid().references(() => accounts.id, { onDelete: 'set null' }),
		usedBy: uuid().references(() => accounts.id, { onDelete: 'set null' }),
		createdAt: at().notNull(),
		expiresAt: at().notNull(),
		usedAt: at()
	},
	(invite) => [
		index('invites_by_creator').on(invite.createdBy),
		index('invites_by_user').on(invite.usedBy)
	]
);
