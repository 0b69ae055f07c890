import { and, eq, gt, lt } from 'drizzle-orm';
import type { Link } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { links, type LinkPurpose } from './tables.ts';

const hour = 3_600_000;
const pages: Record<LinkPurpose, { path: string; lifetime: number }> = {
	'verify-email': { path: 'verify', lifetime: 48 * hour },
	'reset-password': { path: 'reset', lifetime: 24 * hour }
};

/**
 * Makes a link that works once and ends those made before for the same purpose. The secret stands
 * behind `#`, which browsers never send: it stays out of logs and `Referer`.
 */
export async function makeLink(
	tx: Db,
	publicUrl: string,
	account: { id: Id; email: string },
	purpose: LinkPurpose,
	now = new Date()
): Promise<Link> {
	const { path, lifetime } = pages[purpose];
	const secret = newSecret();
	const expiresAt = new Date(now.getTime() + lifetime);
	await tx.delete(links).where(and(eq(links.accountId, account.id), eq(links.purpose, purpose)));
	await tx.insert(links).values({
		hash: hashSecret(secret),
		accountId: account.id,
		purpose,
		email: account.email,
		expiresAt
	});
	return { url: `${publicUrl}/${path}#${secret}`, expiresAt: expiresAt.toISOString() };
}

/** Uses a link up: whose it was and which address it proves, or nothing if it is not valid. */
export async function takeLink(tx: Db, secret: string, purpose: LinkPurpose, now = new Date()) {
	const [link] = await tx
		.delete(links)
		.where(
			and(eq(links.hash, hashSecret(secret)), eq(links.purpose, purpose), gt(links.expiresAt, now))
		)
		.returning({ accountId: links.accountId, email: links.email });
	return link;
}

/** Drops the links that nobody followed. */
export async function sweepLinks(db: Db, now = new Date()): Promise<void> {
	await db.delete(links).where(lt(links.expiresAt, now));
}
