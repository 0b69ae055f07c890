import { and, eq, sql } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { storageUses } from './tables.ts';

/**
 * Sets bytes aside for a version when it is named, before any of them is sent: an upload that was
 * let in has its place. The row of the account is locked, so that two at once cannot both have the last.
 */
export async function setAside(tx: Db, accountId: Id, bytes: number, usual: number): Promise<void> {
	await tx.insert(storageUses).values({ accountId }).onConflictDoNothing();
	const fits = sql`${storageUses.used} + ${bytes} <= coalesce(${storageUses.quota}, ${usual})`;
	const [taken] = await tx
		.update(storageUses)
		.set({ used: sql`${storageUses.used} + ${bytes}` })
		.where(and(eq(storageUses.accountId, accountId), fits))
		.returning({ used: storageUses.used });
	if (!taken) throw new ProblemError('quota-exceeded');
}

/** Gives the bytes of deleted versions back. */
export async function giveBack(tx: Db, accountId: Id, bytes: number): Promise<void> {
	await tx
		.update(storageUses)
		.set({ used: sql`greatest(0, ${storageUses.used} - ${bytes})` })
		.where(eq(storageUses.accountId, accountId));
}
