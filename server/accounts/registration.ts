import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { AccountState, RegistrationMode, Registration } from '#shared/accounts.ts';
import { newId } from '#shared/id.ts';
import { ProblemError, type ProblemCode } from '#shared/problem.ts';
import { instanceOf } from '#server/admin/queries.ts';
import type { Db } from '#server/db/client.ts';
import { violatedUnique } from '#server/db/errors.ts';
import { takeInvite } from './invites.ts';
import { hashPassword } from './passwords.ts';
import { hasAccounts } from './queries.ts';
import { accounts, type AccountRow } from './tables.ts';

/** Any number that nothing else locks: two people who come first must not both become the admin. */
const firstAccountLock = 7_461_826;

/** Opens an account by the rules of this Talas; the first one is its admin. */
export async function register(
	db: Db,
	asked: z.output<typeof Registration>,
	now = new Date()
): Promise<AccountRow> {
	await mayRegister(db, asked.invite);
	const passwordHash = await hashPassword(asked.password);
	return withTakenNames(() =>
		db.transaction(async (tx) => {
			const first = await isFirst(tx);
			const { registration } = await instanceOf(tx);
			const id = newId(now.getTime());
			const invited = asked.invite !== undefined && registration !== 'open';
			const [account] = await tx
				.insert(accounts)
				.values({
					id,
					handle: asked.handle,
					displayName: asked.displayName,
					email: asked.email,
					passwordHash,
					role: first ? 'admin' : 'user',
					state: first ? 'active' : stateIn(registration, invited),
					createdAt: now
				})
				.returning();
			if (!first && invited && asked.invite !== undefined) {
				const taken = await takeInvite(tx, asked.invite, id, now);
				if (!taken) throw new ProblemError('invite-invalid');
			}
			if (!account) throw new Error('The account was not made.');
			return account;
		})
	);
}

/** Refuses before the password is hashed, which is work; the transaction decides for good. */
async function mayRegister(db: Db, invite: string | undefined) {
	if (!(await hasAccounts(db))) return;
	const { registration } = await instanceOf(db);
	if (registration === 'closed') throw new ProblemError('registration-closed');
	if (registration === 'invite' && invite === undefined) throw new ProblemError('invite-needed');
}

async function isFirst(tx: Db) {
	if (await hasAccounts(tx)) return false;
	await tx.execute(sql`select pg_advisory_xact_lock(${firstAccountLock})`);
	return !(await hasAccounts(tx));
}

function stateIn(registration: RegistrationMode, invited: boolean): AccountState {
	return registration === 'approval' && !invited ? 'waiting' : 'active';
}

const takenNames: Record<string, ProblemCode> = {
	accounts_email_unique: 'email-taken',
	accounts_handle_unique: 'handle-taken'
};

/** Says which name was taken when the database found one that was. */
export async function withTakenNames<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const taken = takenNames[violatedUnique(error) ?? ''];
		throw taken ? new ProblemError(taken) : error;
	}
}
