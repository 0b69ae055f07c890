import { eq } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';
import type { Talas } from '#server/talas.ts';
import { takeLink } from './links.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { accountOf, activeAdmins, hasOthers } from './queries.ts';
import { endSessions } from './sessions.ts';
import { accounts, type AccountRow } from './tables.ts';

/** What changes who can sign in asks for the password again: a lent phone is not enough. */
export async function mustKnowPassword(
	{ db, limits }: Talas,
	accountId: Id,
	password: string,
	address: string
): Promise<AccountRow> {
	await limits.beforeSignIn(accountId, address);
	const account = await accountOf(db, accountId);
	if (!(await isPassword(password, account.passwordHash))) {
		throw new ProblemError('wrong-credentials');
	}
	await limits.afterSignIn(accountId, address);
	return account;
}

/** Sets the password and signs the other devices out. */
export async function changePassword(talas: Talas, me: Acting, password: string): Promise<void> {
	const passwordHash = await hashPassword(password);
	const ended = await talas.db.transaction((tx) =>
		setPassword(tx, me.id, passwordHash, me.sessionId)
	);
	for (const id of ended) talas.tokens.end(id);
}

/** Sets the password of whoever holds the link, and signs every device out. */
export async function resetPassword(talas: Talas, token: string, password: string): Promise<void> {
	const passwordHash = await hashPassword(password);
	const ended = await talas.db.transaction(async (tx) => {
		const link = await takeLink(tx, token, 'reset-password');
		if (!link) throw new ProblemError('link-invalid');
		return setPassword(tx, link.accountId, passwordHash);
	});
	for (const id of ended) talas.tokens.end(id);
}

async function setPassword(tx: Db, accountId: Id, passwordHash: string, keep?: Id) {
	await tx.update(accounts).set({ passwordHash }).where(eq(accounts.id, accountId));
	return endSessions(tx, accountId, keep);
}

/** Removes an account and all that hangs on it. A Talas with people is never left without an admin. */
export async function deleteAccount(
	{ feeds, people, tokens }: Talas,
	accountId: Id
): Promise<void> {
	const ended = await feeds.write(async (tx) => {
		await tx
			.select({ id: accounts.id })
			.from(accounts)
			.where(eq(accounts.role, 'admin'))
			.for('update');
		const account = await accountOf(tx, accountId);
		const last = account.role === 'admin' && (await activeAdmins(tx)) === 1;
		if (last && (await hasOthers(tx, accountId))) throw new ProblemError('last-admin');
		const sessions = await endSessions(tx, accountId);
		await people.leaving(tx, accountId);
		await tx.delete(accounts).where(eq(accounts.id, accountId));
		return sessions;
	});
	for (const id of ended) tokens.end(id);
}
