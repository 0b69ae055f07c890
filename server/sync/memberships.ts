/** Who syncs what, besides their own `user:<id>`. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { userScope, type Scope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { publish, type Reading } from './feed.ts';
import { memberships } from './tables.ts';

/** The kind under which memberships are published in `user:<id>`. */
export const kindOfMemberships = 'memberships';

/** Gives the account a reason to sync the scope; one it has already changes nothing. */
export async function join(tx: Db, accountId: Id, scope: Scope, reason: string): Promise<void> {
	const [joined] = await tx
		.insert(memberships)
		.values({ id: newId(), accountId, scope, reasons: [reason] })
		.onConflictDoUpdate({
			target: [memberships.accountId, memberships.scope],
			set: { reasons: sql`array_append(${memberships.reasons}, ${reason})` },
			setWhere: sql`not ${reason} = any(${memberships.reasons})`
		})
		.returning({ id: memberships.id });
	if (joined) publish(tx, userScope(accountId), kindOfMemberships, joined.id);
}

/** Takes a reason away; with the last one the account leaves the scope. */
export async function leave(tx: Db, accountId: Id, scope: Scope, reason: string): Promise<void> {
	const here = and(eq(memberships.accountId, accountId), eq(memberships.scope, scope));
	const [last] = await tx
		.delete(memberships)
		.where(and(here, sql`${memberships.reasons} = array[${reason}]`))
		.returning({ id: memberships.id });
	const [fewer] = last
		? []
		: await tx
				.update(memberships)
				.set({ reasons: sql`array_remove(${memberships.reasons}, ${reason})` })
				.where(and(here, sql`${reason} = any(${memberships.reasons})`))
				.returning({ id: memberships.id });
	const changed = last ?? fewer;
	if (changed) publish(tx, userScope(accountId), kindOfMemberships, changed.id);
}

/** Takes these reasons away from everyone who has the scope by one of them. */
export async function leaveAll(tx: Db, scope: Scope, reasons: string[]): Promise<void> {
	const held = sql.join(
		reasons.map((reason) => sql`${reason}`),
		sql`, `
	);
	const rows = await tx
		.select({ accountId: memberships.accountId, reasons: memberships.reasons })
		.from(memberships)
		.where(and(eq(memberships.scope, scope), sql`${memberships.reasons} && array[${held}]`));
	for (const { accountId, reasons: all } of rows) {
		for (const reason of all.filter((each) => reasons.includes(each))) {
			await leave(tx, accountId, scope, reason);
		}
	}
}

/** Whether the account syncs the scope. */
export async function isMember(tx: Db, accountId: Id, scope: Scope): Promise<boolean> {
	if (scope === userScope(accountId)) return true;
	const rows = await tx
		.select({ id: memberships.id })
		.from(memberships)
		.where(and(eq(memberships.accountId, accountId), eq(memberships.scope, scope)));
	return rows.length > 0;
}

/** Every membership of the account. */
export async function membershipsOfAccount(
	db: Db,
	accountId: Id
): Promise<{ id: Id; scope: Scope }[]> {
	return db
		.select({ id: memberships.id, scope: memberships.scope })
		.from(memberships)
		.where(eq(memberships.accountId, accountId));
}

/** Every scope that the account syncs, its own first. */
export async function scopesOfAccount(db: Db, accountId: Id): Promise<Scope[]> {
	const rows = await membershipsOfAccount(db, accountId);
	return [userScope(accountId), ...rows.map(({ scope }) => scope)];
}

/** How memberships read in the feed. */
export async function readMemberships(tx: Db, ids: Id[]): Promise<Reading[]> {
	const rows = await tx.select().from(memberships).where(inArray(memberships.id, ids));
	return rows.map(({ id, accountId, scope, reasons }) => ({
		id,
		scope: userScope(accountId),
		data: { id, scope, reasons }
	}));
}
