import { eq } from 'drizzle-orm';
import { Hono, type Context } from 'hono';
import {
	AccessToken,
	Account,
	AccountDeletion,
	AwaitingApproval,
	EmailChange,
	EmailProof,
	ForgottenPassword,
	NewPassword,
	PasswordChange,
	ProfileChange,
	Registration,
	Session,
	SignIn,
	SignedIn
} from '#shared/accounts.ts';
import { IdParam, type Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { pageOf } from '#shared/protocol.ts';
import { describe } from '#server/http/describe.ts';
import { addressOf } from '#server/http/limits.ts';
import { sameSite, signedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import type { Talas } from '#server/talas.ts';
import { changePassword, deleteAccount, mustKnowPassword, resetPassword } from './access.ts';
import { dropCookie, putCookie, readCookie } from './cookie.ts';
import { deviceNameOf } from './device.ts';
import { proveEmail, sendResetLink, sendVerification } from './email.ts';
import { hashPassword, isOutdated, isPassword } from './passwords.ts';
import { accountByLogin, accountOf, asAccount } from './queries.ts';
import { register, withTakenNames } from './registration.ts';
import {
	endOwnSession,
	endSession,
	endSessions,
	openSession,
	refreshSession,
	sessionsOf
} from './sessions.ts';
import { accounts, type AccountRow } from './tables.ts';

export const auth = new Hono<Http>()
	.post(
		'/register',
		describe('Open an account', { 201: SignedIn, 202: AwaitingApproval }),
		sameSite,
		valid('json', Registration),
		async (c) => {
			const talas = c.get('talas');
			const asked = c.req.valid('json');
			const account = await telling(c, () => register(talas.db, asked));
			talas.later('a verification letter', () => sendVerification(talas, account));
			if (account.state !== 'active') return c.json({ status: 'awaiting-approval' as const }, 202);
			return c.json(await signInTo(c, account, asked.deviceName), 201);
		}
	)
	.post(
		'/login',
		describe('Sign in by email address or handle', { 200: SignedIn }),
		sameSite,
		valid('json', SignIn),
		async (c) => {
			const { limits, db } = c.get('talas');
			const { login, password, deviceName } = c.req.valid('json');
			const [name, address] = [login.toLowerCase(), addressOf(c)];
			await limits.beforeSignIn(name, address);
			const account = await accountByLogin(db, name);
			const right = await isPassword(password, account?.passwordHash);
			if (!account || !right) throw new ProblemError('wrong-credentials');
			await limits.afterSignIn(name, address);
			mustBeActive(account);
			await rehash(c, account, password);
			return c.json(await signInTo(c, account, deviceName), 200);
		}
	)
	.post(
		'/refresh',
		describe('Exchange the cookie for an access token', { 200: AccessToken }),
		sameSite,
		async (c) => {
			const { db, keys, tokens } = c.get('talas');
			const token = readCookie(c);
			if (token === undefined) throw new ProblemError('signed-out');
			const refreshed = await db.transaction((tx) => refreshSession(tx, keys, token));
			if (typeof refreshed === 'string') {
				if (refreshed === 'reused') tokens.end(token.slice(0, 36));
				dropCookie(c);
				throw new ProblemError(refreshed === 'reused' ? 'session-reused' : 'session-ended');
			}
			putCookie(c, refreshed.refreshToken);
			return c.json(await tokens.make(refreshed.acting), 200);
		}
	)
	.post('/logout', describe('End this session', { 204: null }), sameSite, async (c) => {
		const { db, keys, tokens } = c.get('talas');
		const token = readCookie(c);
		if (token !== undefined) {
			const session = await db.transaction((tx) => refreshSession(tx, keys, token));
			if (typeof session === 'object') await endSession(db, session.acting.sessionId);
			tokens.end(token.slice(0, 36));
		}
		dropCookie(c);
		return c.body(null, 204);
	})
	.get('/sessions', describe('The devices', { 200: pageOf(Session) }), signedIn, async (c) =>
		c.json({ items: await sessionsOf(c.get('talas').db, c.get('me')), nextCursor: null }, 200)
	)
	.delete('/sessions', describe('Sign out everywhere', { 204: null }), signedIn, async (c) => {
		const { db, tokens } = c.get('talas');
		for (const id of await endSessions(db, c.get('me').id)) tokens.end(id);
		dropCookie(c);
		return c.body(null, 204);
	})
	.delete(
		'/sessions/:id',
		describe('Sign a device out', { 204: null }),
		signedIn,
		valid('param', IdParam),
		async (c) => {
			const { db, tokens } = c.get('talas');
			const { id } = c.req.valid('param');
			if (!(await endOwnSession(db, c.get('me').id, id))) throw new ProblemError('not-found');
			tokens.end(id);
			return c.body(null, 204);
		}
	)
	.post(
		'/password/forgot',
		describe('Ask for a link to choose a new password', { 202: null }),
		valid('json', ForgottenPassword),
		(c) => {
			const talas = c.get('talas');
			const { email } = c.req.valid('json');
			// The answer is given before anything is looked up: it cannot tell whether somebody is here.
			talas.later('a reset letter', () => sendResetLink(talas, email));
			return c.body(null, 202);
		}
	)
	.post(
		'/password/reset',
		describe('Choose a new password by a link', { 204: null }),
		valid('json', NewPassword),
		async (c) => {
			const { token, password } = c.req.valid('json');
			await resetPassword(c.get('talas'), token, password);
			return c.body(null, 204);
		}
	)
	.post(
		'/password/change',
		describe('Change the password; other devices are signed out', { 204: null }),
		signedIn,
		valid('json', PasswordChange),
		async (c) => {
			const { current, password } = c.req.valid('json');
			await mustKnowPassword(c.get('talas'), c.get('me').id, current, addressOf(c));
			await changePassword(c.get('talas'), c.get('me'), password);
			return c.body(null, 204);
		}
	)
	.post(
		'/email/verification',
		describe('Send the verification letter again', { 202: null }),
		signedIn,
		async (c) => {
			const [talas, me] = [c.get('talas'), c.get('me')];
			await sendVerification(talas, await accountOf(talas.db, me.id));
			return c.body(null, 202);
		}
	)
	.post(
		'/email/verify',
		describe('Prove an address by a link', { 204: null }),
		valid('json', EmailProof),
		async (c) => {
			await proveEmail(c.get('talas'), c.req.valid('json').token);
			return c.body(null, 204);
		}
	)
	.post(
		'/email/change',
		describe('Ask to move to another address; a link proves it', { 202: null }),
		signedIn,
		valid('json', EmailChange),
		async (c) => {
			const [talas, me] = [c.get('talas'), c.get('me')];
			const { email, password } = c.req.valid('json');
			const account = await mustKnowPassword(talas, me.id, password, addressOf(c));
			talas.later('a verification letter', () => sendVerification(talas, { ...account, email }));
			return c.body(null, 202);
		}
	);

export const me = new Hono<Http>()
	.get('/', describe('My account', { 200: Account }), signedIn, async (c) =>
		c.json(asAccount(await accountOf(c.get('talas').db, c.get('me').id)), 200)
	)
	.patch(
		'/',
		describe('Change my name or handle', { 200: Account }),
		signedIn,
		valid('json', ProfileChange),
		async (c) => {
			const [talas, me] = [c.get('talas'), c.get('me')];
			const change = c.req.valid('json');
			if (Object.keys(change).length > 0) {
				await telling(c, () => withTakenNames(() => rename(talas, me.id, change)));
				talas.later('new names on cards', () => talas.people.afterRenaming(talas));
			}
			return c.json(asAccount(await accountOf(talas.db, me.id)), 200);
		}
	)
	.delete(
		'/',
		describe('Delete my account', { 204: null }),
		signedIn,
		valid('json', AccountDeletion),
		async (c) => {
			const [talas, me] = [c.get('talas'), c.get('me')];
			await mustKnowPassword(talas, me.id, c.req.valid('json').password, addressOf(c));
			await deleteAccount(talas, me.id);
			dropCookie(c);
			return c.body(null, 204);
		}
	);

async function rename({ db, people }: Talas, id: Id, change: Partial<AccountRow>) {
	await db.transaction(async (tx) => {
		await tx.update(accounts).set(change).where(eq(accounts.id, id));
		await people.renamed(tx, id);
	});
}

/** Opens a session for the account and puts its cookie. */
async function signInTo<E extends Http>(
	c: Context<E>,
	account: AccountRow,
	deviceName: string | undefined
): Promise<SignedIn> {
	const { db, tokens } = c.get('talas');
	const name = deviceNameOf(deviceName, c.req.header('user-agent'));
	const { acting, refreshToken } = await openSession(db, account, name);
	putCookie(c, refreshToken);
	return { user: asAccount(account), ...(await tokens.make(acting)) };
}

function mustBeActive(account: AccountRow) {
	if (account.state === 'waiting') throw new ProblemError('account-waiting');
	if (account.state === 'suspended') throw new ProblemError('account-suspended');
}

async function rehash<E extends Http>(c: Context<E>, account: AccountRow, password: string) {
	if (!isOutdated(account.passwordHash)) return;
	const passwordHash = await hashPassword(password);
	await c.get('talas').db.update(accounts).set({ passwordHash }).where(eq(accounts.id, account.id));
}

/** A conflict tells that an account exists: how often one address may learn that is limited. */
async function telling<E extends Http, T>(c: Context<E>, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof ProblemError && error.status === 409) {
			await c.get('talas').limits.beforeTelling(addressOf(c));
		}
		throw error;
	}
}
