import { eq, sql } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { clients, feed, memberships, scopes } from './tables.ts';

/**
 * Drops what the feeds keep of an account that is deleted: its own scope, its memberships, its
 * clients and their answers. Nothing is published, for nobody is left to hear it.
 */
export async function dropAccount(tx: Db, accountId: Id): Promise<void> {
	const scope = userScope(accountId);
	await tx.delete(memberships).where(eq(memberships.accountId, accountId));
	await tx.delete(clients).where(eq(clients.accountId, accountId));
	await tx.execute(sql`
		delete from records using feed
		where feed.scope = ${scope} and records.scope = feed.scope
			and records.kind = feed.kind and records.id = feed.id`);
	await tx.delete(feed).where(eq(feed.scope, scope));
	await tx.delete(scopes).where(eq(scopes.scope, scope));
}
