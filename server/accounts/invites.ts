import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm';
import type { Invite, Link } from '#shared/accounts.ts';
import { newId, type Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { invites } from './tables.ts';

const lifetime = 14 * 86_400_000;

/** Makes an invitation for one person. Its code is told here and never again. */
export async function makeInvite(
	tx: Db,
	publicUrl: string,
	createdBy: Id,
	now = new Date()
): Promise<Link> {
	const secret = newSecret();
	const expiresAt = new Date(now.getTime() + lifetime);
	await tx.insert(invites).values({
		id: newId(now.getTime()),
		hash: hashSecret(secret),
		createdBy,
		createdAt: now,
		expiresAt
	});
	return { url: `${publicUrl}/register#invite=${secret}`, expiresAt: expiresAt.toISOString() };
}

/** Uses an invitation up, for the account that was just made; false if it is not valid. */
export async function takeInvite(tx: Db, secret: string, usedBy: Id, now = new Date()) {
	const taken = await tx
		.update(invites)
		.set({ usedAt: now, usedBy })
		.where(
			and(eq(invites.hash, hashSecret(secret)), isNull(invites.usedAt), gt(invites.expiresAt, now))
		)
		.returning({ id: invites.id });
	return taken.length > 0;
}

/** A page of the invitations, newest first. `after` is the id that the page before ended with. */
export async function invitesAfter(db: Db, limit: number, after?: Id): Promise<Invite[]> {
	const rows = await db
		.select()
		.from(invites)
		.where(after ? lt(invites.id, after) : undefined)
		.orderBy(desc(invites.id))
		.limit(limit);
	return rows.map((row) => ({
		id: row.id,
		createdAt: row.createdAt.toISOString(),
		expiresAt: row.expiresAt.toISOString(),
		usedAt: row.usedAt?.toISOString() ?? null
	}));
}

/** Takes an invitation back; false when there is none that could still be used. */
export async function revokeInvite(tx: Db, id: Id): Promise<boolean> {
	const gone = await tx
		.delete(invites)
		.where(and(eq(invites.id, id), isNull(invites.usedAt)))
		.returning({ id: invites.id });
	return gone.length > 0;
}
