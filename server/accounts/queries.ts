import { and, asc, count, eq, gt, inArray, ne, or, sql } from 'drizzle-orm';
import type { Account, AccountState, Member, PersonCard } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { prepared } from '#server/db/prepared.ts';
import { accounts, type AccountRow } from './tables.ts';

export async function accountOf(db: Db, id: Id): Promise<AccountRow> {
	const [row] = await accountById(db, { id });
	if (!row) throw new ProblemError('session-ended');
	return row;
}

const accountById = prepared((db) =>
	db
		.select()
		.from(accounts)
		.where(eq(accounts.id, sql.placeholder('id')))
		.prepare('account_by_id')
);

/** By handle, with or without its `@`, or by email address. */
export async function accountByLogin(db: Db, login: string): Promise<AccountRow | undefined> {
	const name = login.toLowerCase();
	const [row] = await db
		.select()
		.from(accounts)
		.where(or(eq(accounts.email, name), eq(accounts.handle, name.replace(/^@/, ''))));
	return row;
}

export async function accountByEmail(db: Db, email: string): Promise<AccountRow | undefined> {
	const [row] = await db.select().from(accounts).where(eq(accounts.email, email));
	return row;
}

/** How others see these people, by id. */
export async function cardsOf(db: Db, ids: Id[]): Promise<Map<Id, PersonCard>> {
	const { id, handle, displayName } = accounts;
	const rows = await db
		.select({ id, handle, displayName })
		.from(accounts)
		.where(inArray(id, [...new Set(ids)]));
	return new Map(rows.map((card) => [card.id, card]));
}

export async function hasOthers(db: Db, id: Id): Promise<boolean> {
	const rows = await db
		.select({ id: accounts.id })
		.from(accounts)
		.where(ne(accounts.id, id))
		.limit(1);
	return rows.length > 0;
}

export async function hasAccounts(db: Db): Promise<boolean> {
	const rows = await db.select({ id: accounts.id }).from(accounts).limit(1);
	return rows.length > 0;
}

export async function activeAdmins(db: Db): Promise<number> {
	const [row] = await db
		.select({ admins: count() })
		.from(accounts)
		.where(and(eq(accounts.role, 'admin'), eq(accounts.state, 'active')));
	return row?.admins ?? 0;
}

/** A page of the members, oldest first. `after` is the id that the page before ended with. */
export async function membersAfter(
	db: Db,
	limit: number,
	{ state, after }: { state?: AccountState | undefined; after?: Id | undefined }
): Promise<Member[]> {
	const rows = await db
		.select()
		.from(accounts)
		.where(
			and(state ? eq(accounts.state, state) : undefined, after ? gt(accounts.id, after) : undefined)
		)
		.orderBy(asc(accounts.id))
		.limit(limit);
	return rows.map((row) => ({ ...asAccount(row), state: row.state }));
}

export function asAccount(row: AccountRow): Account {
	return {
		id: row.id,
		handle: row.handle,
		displayName: row.displayName,
		email: row.email,
		emailVerified: row.emailVerifiedAt !== null,
		role: row.role,
		createdAt: row.createdAt.toISOString()
	};
}
