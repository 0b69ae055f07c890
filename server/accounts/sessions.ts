/**
 * Sessions: one a signed-in device, kept alive by a refresh token that changes at each use.
 *
 * A token is `<session id>.<secret>`; the secret of the next is an HMAC of this one's. So tabs that
 * refresh at the same time, and retries after a lost answer, all come to the same successor for 30
 * seconds. A token that comes back later was stolen, or its successor was: the session ends. That
 * a token is an ancestor needs no record of it: its successors lead to the current one.
 */
import { and, desc, eq, gt, lt, ne } from 'drizzle-orm';
import type { Session } from '#shared/accounts.ts';
import { newId, type Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import type { Keys } from '#server/http/keys.ts';
import type { Acting } from '#server/http/tokens.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { accounts, sessions, type AccountRow } from './tables.ts';

const grace = 30_000;
/** A device that was not opened for 90 days signs in again. */
const lifetime = 90 * 86_400_000;
/** How far back an ancestor is recognised: five weeks of refreshing every ten minutes. */
const longestChain = 5_000;

const actingColumns = {
	id: accounts.id,
	role: accounts.role,
	sessionId: sessions.id,
	since: accounts.createdAt
};

export type Opened = { acting: Acting; refreshToken: string };

export async function openSession(
	tx: Db,
	account: Pick<AccountRow, 'id' | 'role' | 'createdAt'>,
	deviceName: string,
	now = new Date()
): Promise<Opened> {
	const id = newId(now.getTime());
	const refreshToken = `${id}.${newSecret()}`;
	await tx.insert(sessions).values({
		id,
		accountId: account.id,
		deviceName,
		tokenHash: hashSecret(refreshToken),
		createdAt: now,
		lastSeenAt: now,
		expiresAt: new Date(now.getTime() + lifetime)
	});
	const { role, createdAt: since } = account;
	return { acting: { id: account.id, role, sessionId: id, since }, refreshToken };
}

export type Refreshed = Opened | 'ended' | 'reused';

/** Gives the successor of a refresh token. Runs in a transaction; the session's row is locked. */
export async function refreshSession(
	tx: Db,
	keys: Keys,
	token: string,
	now = new Date()
): Promise<Refreshed> {
	const session = await lockSession(tx, sessionIdOf(token), now);
	if (!session) return 'ended';
	const { acting, tokenHash } = session;
	const recent = session.replacedAt.filter((time) => now.getTime() - time < grace);
	const ahead = successorsOf(keys, token, tokenHash);
	const current = ahead.at(-1);
	if (current === undefined) return 'ended';
	if (ahead.length - 1 > recent.length) {
		await endSession(tx, acting.sessionId);
		return 'reused';
	}
	if (ahead.length > 1) return { acting, refreshToken: current };
	return { acting, refreshToken: await replace(tx, keys, current, acting.sessionId, recent, now) };
}

function sessionIdOf(token: string) {
	return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\./.test(token)
		? token.slice(0, 36)
		: undefined;
}

async function lockSession(tx: Db, id: string | undefined, now: Date) {
	if (!id) return undefined;
	const [row] = await tx
		.select({
			acting: actingColumns,
			tokenHash: sessions.tokenHash,
			replacedAt: sessions.replacedAt
		})
		.from(sessions)
		.innerJoin(accounts, eq(accounts.id, sessions.accountId))
		.where(and(eq(sessions.id, id), gt(sessions.expiresAt, now), eq(accounts.state, 'active')))
		.for('update', { of: sessions });
	return row;
}

/** The token and its successors up to the current one; nothing if it does not lead there. */
function successorsOf(keys: Keys, token: string, currentHash: string): string[] {
	const chain = [token];
	for (let next = token; chain.length <= longestChain; chain.push(next)) {
		if (hashSecret(next) === currentHash) return chain;
		next = successorOf(keys, next);
	}
	return [];
}

function successorOf(keys: Keys, token: string) {
	return `${token.slice(0, 36)}.${keys.hmac('refresh', token)}`;
}

async function replace(
	tx: Db,
	keys: Keys,
	token: string,
	sessionId: Id,
	recent: number[],
	now: Date
) {
	const successor = successorOf(keys, token);
	await tx
		.update(sessions)
		.set({
			tokenHash: hashSecret(successor),
			replacedAt: [...recent, now.getTime()],
			lastSeenAt: now,
			expiresAt: new Date(now.getTime() + lifetime)
		})
		.where(eq(sessions.id, sessionId));
	return successor;
}

/** Who a session acts for, if it has not ended and its account may act. */
export async function isLive(db: Db, sessionId: Id): Promise<Acting | undefined> {
	const [row] = await db
		.select(actingColumns)
		.from(sessions)
		.innerJoin(accounts, eq(accounts.id, sessions.accountId))
		.where(
			and(
				eq(sessions.id, sessionId),
				gt(sessions.expiresAt, new Date()),
				eq(accounts.state, 'active')
			)
		);
	return row;
}

/** The devices of an account, last seen first. */
export async function sessionsOf(db: Db, me: Acting): Promise<Session[]> {
	const rows = await db
		.select()
		.from(sessions)
		.where(and(eq(sessions.accountId, me.id), gt(sessions.expiresAt, new Date())))
		.orderBy(desc(sessions.lastSeenAt), desc(sessions.id));
	return rows.map((row) => ({
		id: row.id,
		deviceName: row.deviceName,
		createdAt: row.createdAt.toISOString(),
		lastSeenAt: row.lastSeenAt.toISOString(),
		current: row.id === me.sessionId
	}));
}

export async function endSession(tx: Db, sessionId: Id): Promise<void> {
	await tx.delete(sessions).where(eq(sessions.id, sessionId));
}

/** Ends a session of the account, or answers false when it has none of that id. */
export async function endOwnSession(tx: Db, accountId: Id, sessionId: Id): Promise<boolean> {
	const ended = await tx
		.delete(sessions)
		.where(and(eq(sessions.id, sessionId), eq(sessions.accountId, accountId)))
		.returning({ id: sessions.id });
	return ended.length > 0;
}

/** Ends all sessions of an account, but for `keep`; answers which. */
export async function endSessions(tx: Db, accountId: Id, keep?: Id): Promise<Id[]> {
	const ended = await tx
		.delete(sessions)
		.where(
			and(eq(sessions.accountId, accountId), keep === undefined ? undefined : ne(sessions.id, keep))
		)
		.returning({ id: sessions.id });
	return ended.map(({ id }) => id);
}

/** Drops the sessions that nobody came back to. */
export async function sweepSessions(db: Db, now = new Date()): Promise<void> {
	await db.delete(sessions).where(lt(sessions.expiresAt, now));
}
