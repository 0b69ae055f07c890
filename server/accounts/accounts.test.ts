import { hash } from '@node-rs/bcrypt';
import { eq, sql } from 'drizzle-orm';
import { unzipSync, strFromU8 } from 'fflate';
import { SignJWT, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#shared/id.ts';
import { instance } from '#server/admin/tables.ts';
import { Limits } from '#server/http/limits.ts';
import { accounts } from './tables.ts';
import { empty, kinds } from '../../tests/support/database.ts';
import { openTestTalas, password, secretIn, type TestTalas } from '../../tests/support/talas.ts';

describe.each(kinds)('accounts (%s)', (kind) => {
	let t: TestTalas;
	beforeAll(async () => {
		t = await openTestTalas(kind);
	});
	afterAll(() => t.close());
	beforeEach(async () => {
		await empty(t.talas.database);
		await t.talas.db.insert(instance).values({});
		t.talas.limits = new Limits(100_000);
		t.letters.length = 0;
	});
	afterEach(() => t.talas.settled());

	/** The first account, which is the admin, in a browser of its own. */
	async function admin() {
		const browser = t.browser();
		await browser.register('admin_ana');
		return browser;
	}

	describe('opening an account', () => {
		test('the first account is the admin, the next is not', async () => {
			const first = await t.browser().register('ana');
			const second = await t.browser().register('ben');
			expect([first.user.role, second.user.role]).toEqual(['admin', 'user']);
		});

		test('of two people who come first at the same time, one becomes the admin', async () => {
			const both = await Promise.all([t.browser().register('ana'), t.browser().register('ben')]);
			expect(both.map(({ user }) => user.role).sort()).toEqual(['admin', 'user']);
		});

		test('address and handle are kept in lower case, the name as it is written', async () => {
			const { user } = await t
				.browser()
				.register('ANA', { email: ' Ana@Example.ORG ', displayName: '  Ana   Ćirić ' });
			expect(user).toMatchObject({
				handle: 'ana',
				email: 'ana@example.org',
				displayName: 'Ana Ćirić',
				emailVerified: false
			});
		});

		test('a taken address or handle is a conflict that names which', async () => {
			await t.browser().register('ana');
			const again = { password, displayName: 'x', handle: 'ana', email: 'other@example.org' };
			const handle = await t.browser().ask('POST', '/api/auth/register', again);
			expect(handle).toMatchObject({ status: 409, body: { code: 'handle-taken' } });
			const email = await t
				.browser()
				.ask('POST', '/api/auth/register', { ...again, handle: 'bob', email: 'ana@example.org' });
			expect(email).toMatchObject({ status: 409, body: { code: 'email-taken' } });
		});

		test('the same handle asked twice at once is given once', async () => {
			const asked = { password, displayName: 'x', handle: 'ana' };
			const answers = await Promise.all(
				['a@example.org', 'b@example.org'].map((email) =>
					t.browser().ask('POST', '/api/auth/register', { ...asked, email })
				)
			);
			expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
		});

		test.each([
			['a password of 73 bytes', { password: 'x'.repeat(73) }, 'password', 'password-too-long'],
			[
				'a password of 37 two-byte letters',
				{ password: 'é'.repeat(37) },
				'password',
				'password-too-long'
			],
			['a short password', { password: 'seven77' }, 'password', 'too-short'],
			[
				'a name that turns the text around',
				{ displayName: 'Ana\u202Egro' },
				'displayName',
				'forbidden-characters'
			],
			[
				'a name with a control character',
				{ displayName: 'Ana\u0007' },
				'displayName',
				'forbidden-characters'
			],
			[
				'a name of invisible characters',
				{ displayName: '\u200B\u200B' },
				'displayName',
				'forbidden-characters'
			],
			['an empty name', { displayName: '   ' }, 'displayName', 'too-short'],
			['a handle that passes for Talas', { handle: 'Admin' }, 'handle', 'handle-reserved'],
			['a handle of other letters', { handle: 'аna' }, 'handle', 'not-a-handle'],
			['an address without a domain', { email: 'ana@' }, 'email', 'not-an-email'],
			['a number for a name', { displayName: 7 }, 'displayName', 'wrong-type'],
			['no handle', { handle: undefined }, 'handle', 'required'],
			['a field that is not known', { role: 'admin' }, 'role', 'unknown-field']
		])('%s is refused by name', async (_, change, path, code) => {
			const asked = {
				email: 'a@example.org',
				password,
				handle: 'ana',
				displayName: 'Ana',
				...change
			};
			const { status, body } = await t.browser().ask('POST', '/api/auth/register', asked);
			expect(status).toBe(422);
			expect(body).toMatchObject({ code: 'invalid-input', errors: [{ path, code }] });
			expect(JSON.stringify(body)).not.toMatch(/\.ts:\d|node_modules/);
		});

		test('a password of 72 bytes is good to the last one', async () => {
			const long = 'é'.repeat(36);
			await t.browser().register('ana', { password: long });
			await expect(t.browser().signIn('ana', `${long.slice(0, -1)}e`)).rejects.toThrow();
			await t.browser().signIn('ana', long);
		});

		test('how often one address may learn that somebody is here is limited', async () => {
			await t.browser().register('ana');
			const asked = { password, displayName: 'x', handle: 'ana', email: 'x@example.org' };
			const statuses: number[] = [];
			for (let i = 0; i < 40; i++) {
				const answer = await t.browser().ask('POST', '/api/auth/register', asked);
				statuses.push(answer.status);
			}
			expect(statuses[0]).toBe(409);
			expect(statuses.at(-1)).toBe(429);
		});
	});

	describe('the door', () => {
		test('closed: nobody comes in', async () => {
			const boss = await admin();
			await boss.ask('PATCH', '/api/admin/instance', { registration: 'closed' });
			await expect(t.browser().register('ben')).rejects.toThrow('registration-closed');
		});

		test('by invitation: a code works once', async () => {
			const boss = await admin();
			await boss.ask('PATCH', '/api/admin/instance', { registration: 'invite' });
			await expect(t.browser().register('ben')).rejects.toThrow('invite-needed');
			const made = await boss.ask('POST', '/api/admin/invites');
			const invite = (made.body as { url: string }).url.split('#invite=')[1];
			await t.browser().register('ben', { invite });
			await expect(t.browser().register('cid', { invite })).rejects.toThrow('invite-invalid');
			await expect(t.browser().register('cid', { invite: 'guess' })).rejects.toThrow(
				'invite-invalid'
			);
		});

		test('an invitation that was taken back lets nobody in', async () => {
			const boss = await admin();
			await boss.ask('PATCH', '/api/admin/instance', { registration: 'invite' });
			const made = await boss.ask('POST', '/api/admin/invites');
			const list = await boss.ask('GET', '/api/admin/invites');
			const { items } = list.body as { items: { id: string }[] };
			await boss.ask('DELETE', `/api/admin/invites/${items[0]?.id}`);
			const invite = (made.body as { url: string }).url.split('#invite=')[1];
			await expect(t.browser().register('ben', { invite })).rejects.toThrow('invite-invalid');
		});

		test('by approval: the account waits, an admin lets it in or turns it away', async () => {
			const boss = await admin();
			await boss.ask('PATCH', '/api/admin/instance', { registration: 'approval' });
			for (const handle of ['ben', 'cid']) {
				const account = { email: `${handle}@example.org`, handle, displayName: handle, password };
				const asked = await t.browser().ask('POST', '/api/auth/register', account);
				expect(asked).toMatchObject({ status: 202, body: { status: 'awaiting-approval' } });
				expect(asked.headers.getSetCookie()).toEqual([]);
			}
			await expect(t.browser().signIn('ben')).rejects.toThrow('account-waiting');
			const waiting = await boss.ask('GET', '/api/admin/members?state=waiting');
			const [ben, cid] = (waiting.body as { items: { id: string; handle: string }[] }).items;
			expect([ben?.handle, cid?.handle]).toEqual(['ben', 'cid']);
			expect((await boss.ask('POST', `/api/admin/members/${ben?.id}/approve`)).status).toBe(204);
			expect((await boss.ask('POST', `/api/admin/members/${cid?.id}/refuse`)).status).toBe(204);
			await t.browser().signIn('ben');
			await expect(t.browser().signIn('cid')).rejects.toThrow('wrong-credentials');
			expect((await boss.ask('POST', `/api/admin/members/${ben?.id}/refuse`)).status).toBe(404);
		});
	});

	describe('signing in', () => {
		test('by address or handle, in any case, with or without the @', async () => {
			await t.browser().register('ana');
			for (const login of ['ana', 'ANA', '@ana', 'Ana@Example.org']) {
				expect((await t.browser().signIn(login)).user.handle).toBe('ana');
			}
		});

		test('a wrong password and a name that nobody has get the same answer', async () => {
			await t.browser().register('ana');
			const answers = await Promise.all(
				['ana', 'nobody'].map((login) =>
					t.browser().ask('POST', '/api/auth/login', { login, password: 'not this one' })
				)
			);
			const said = answers.map(({ status, body }) => ({ status, ...(body as object) }));
			expect(said[0]).toMatchObject({ status: 401, code: 'wrong-credentials' });
			expect(said[0]).toEqual(said[1]);
		});

		test('of 1,000 attempts only the first ten are tried, and the others hear when to return', async () => {
			await t.browser().register('ana');
			const counts = new Map<number, number>();
			for (let i = 0; i < 1_000; i++) {
				const tried = { login: 'ana', password: `guess ${i}` };
				const answer = await t.browser().ask('POST', '/api/auth/login', tried);
				counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
				if (answer.status !== 429) continue;
				expect(answer.body).toMatchObject({ code: 'too-many-attempts', retryable: true });
				expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
			}
			expect(Object.fromEntries(counts)).toEqual({ 401: 10, 429: 990 });
		});

		test('people who know their password are not counted', async () => {
			await t.browser().register('ben');
			for (let i = 0; i < 12; i++) await t.browser().signIn('ben');
		});

		test('a suspended account is told so, and only to who knows the password', async () => {
			await admin();
			await t.browser().register('cid');
			await t.talas.db
				.update(accounts)
				.set({ state: 'suspended' })
				.where(eq(accounts.handle, 'cid'));
			await expect(t.browser().signIn('cid')).rejects.toThrow('account-suspended');
			await expect(t.browser().signIn('cid', 'wrong one')).rejects.toThrow('wrong-credentials');
		});

		test('a hash of another cost is replaced at the next sign-in', async () => {
			await t.browser().register('dan');
			const cheap = await hash(password, { cost: 4 });
			await t.talas.db.update(accounts).set({ passwordHash: cheap });
			await t.browser().signIn('dan');
			const [row] = await t.talas.db.select({ passwordHash: accounts.passwordHash }).from(accounts);
			expect(row?.passwordHash).toMatch(/^\$2[aby]\$12\$/);
		});

		test('a request from another site is refused', async () => {
			await t.browser().register('eve');
			const foreign = { 'sec-fetch-site': 'cross-site' };
			const login = { login: 'eve', password };
			const answer = await t.browser().ask('POST', '/api/auth/login', login, foreign);
			expect(answer).toMatchObject({ status: 403, body: { code: 'cross-origin' } });
			const old = await t.browser().ask('POST', '/api/auth/refresh', undefined, {
				origin: 'https://evil.example'
			});
			expect(old).toMatchObject({ status: 403, body: { code: 'cross-origin' } });
		});
	});

	describe('the refresh token', () => {
		/** Moves the last replacements of the token into the past. */
		async function wait(milliseconds: number) {
			await t.talas.db.execute(sql`
				update sessions set replaced_at = (
					select coalesce(jsonb_agg((at)::bigint - ${milliseconds}::bigint), '[]')
					from jsonb_array_elements_text(replaced_at) as at
				)`);
		}

		test('changes at each use', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const seen = new Set([ana.refreshToken]);
			for (let i = 0; i < 5; i++) {
				expect((await ana.refresh()).status).toBe(200);
				seen.add(ana.refreshToken);
			}
			expect(seen.size).toBe(6);
		});

		test('is hidden from scripts and from other sites', async () => {
			const { headers } = await t.browser().ask('POST', '/api/auth/register', {
				email: 'a@example.org',
				handle: 'ana',
				displayName: 'Ana',
				password
			});
			expect(headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Strict$/);
		});

		test('fifty refreshes at once come to one successor', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const token = ana.refreshToken;
			const answers = await Promise.all(
				Array.from({ length: 50 }, async () => {
					const tab = t.browser();
					tab.cookies.set('talas', token);
					return [(await tab.refresh()).status, tab.refreshToken];
				})
			);
			expect(new Set(answers.map(String)).size).toBe(1);
			expect(answers[0]?.[0]).toBe(200);
		});

		test('a late retry of any tab still finds the current one within the grace', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const first = ana.refreshToken;
			for (let i = 0; i < 4; i++) await ana.refresh();
			const tab = t.browser();
			tab.cookies.set('talas', first);
			expect((await tab.refresh()).status).toBe(200);
			expect(tab.refreshToken).toBe(ana.refreshToken);
		});

		test('used again after the grace, it was stolen: the session ends for everybody', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const stolen = ana.refreshToken;
			await ana.refresh();
			await wait(31_000);
			const thief = t.browser();
			thief.cookies.set('talas', stolen);
			expect(await thief.refresh()).toMatchObject({
				status: 401,
				body: { code: 'session-reused' }
			});
			expect(await ana.ask('GET', '/api/me')).toMatchObject({ status: 401 });
			expect(await ana.refresh()).toMatchObject({ status: 401, body: { code: 'session-ended' } });
			expect(ana.refreshToken).toBe('');
		});

		test('one that was stolen long ago is recognised too', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const stolen = ana.refreshToken;
			for (let i = 0; i < 3; i++) {
				await ana.refresh();
				await wait(31_000);
			}
			const thief = t.browser();
			thief.cookies.set('talas', stolen);
			expect(await thief.refresh()).toMatchObject({ body: { code: 'session-reused' } });
		});

		test('one that was made up ends nothing', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const thief = t.browser();
			for (const guess of ['x', `${newId()}.guess`, `${ana.refreshToken.slice(0, 36)}.guess`]) {
				thief.cookies.set('talas', guess);
				expect(await thief.refresh()).toMatchObject({
					status: 401,
					body: { code: 'session-ended' }
				});
			}
			expect((await ana.refresh()).status).toBe(200);
			expect(await t.browser().refresh()).toMatchObject({ body: { code: 'signed-out' } });
		});
	});

	describe('the access token', () => {
		test('none, garbage, an unsigned one, and one of another key are refused', async () => {
			const { user } = await t.browser().register('ana');
			const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
			const { kid } = t.talas.keys.current();
			const forged = await new SignJWT({ sid: newId(), role: 'admin' })
				.setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
				.setSubject(user.id)
				.setExpirationTime('1h')
				.sign(privateKey);
			const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
			const claims = { sub: user.id, sid: newId(), exp: Math.floor(Date.now() / 1_000) + 60 };
			const unsigned = `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`;
			const stranger = t.browser();
			expect(await stranger.ask('GET', '/api/me')).toMatchObject({
				status: 401,
				body: { code: 'signed-out' }
			});
			for (const token of ['garbage', forged, unsigned]) {
				stranger.accessToken = token;
				expect(await stranger.ask('GET', '/api/me')).toMatchObject({
					status: 401,
					body: { code: 'token-invalid' }
				});
			}
		});

		test('an expired one says so', async () => {
			const ana = t.browser();
			const { user } = await ana.register('ana');
			const acting = { id: user.id, role: user.role, sessionId: newId(), since: new Date() };
			const { accessToken } = await t.talas.tokens.make(acting, Date.now() - 601_000);
			ana.accessToken = accessToken;
			expect(await ana.ask('GET', '/api/me')).toMatchObject({
				status: 401,
				body: { code: 'token-expired' }
			});
		});

		test('its public key is published, and only that', async () => {
			const { body } = await t.browser().ask('GET', '/.well-known/jwks.json');
			const { keys } = body as { keys: Record<string, string>[] };
			expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
			expect(keys[0]).not.toHaveProperty('d');
		});
	});

	describe('devices', () => {
		test('are listed, and one can be signed out from another', async () => {
			const phone = t.browser();
			await phone.register('ana', { deviceName: 'Phone' });
			const desk = t.browser();
			await desk.signIn('ana');
			const { body } = await desk.ask('GET', '/api/auth/sessions');
			const { items } = body as { items: { id: string; deviceName: string; current: boolean }[] };
			expect(items.map(({ current }) => current).sort()).toEqual([false, true]);
			const there = items.find(({ current }) => !current);
			expect(there?.deviceName).toBe('Phone');
			expect((await desk.ask('DELETE', `/api/auth/sessions/${there?.id}`)).status).toBe(204);
			expect(await phone.ask('GET', '/api/me')).toMatchObject({ body: { code: 'session-ended' } });
			expect((await phone.refresh()).status).toBe(401);
			expect((await desk.ask('GET', '/api/me')).status).toBe(200);
		});

		test('of others are not there', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const { body } = await ana.ask('GET', '/api/auth/sessions');
			const ben = t.browser();
			await ben.register('ben');
			const id = (body as { items: { id: string }[] }).items[0]?.id;
			expect((await ben.ask('DELETE', `/api/auth/sessions/${id}`)).status).toBe(404);
			expect((await ben.ask('DELETE', '/api/auth/sessions/seven')).status).toBe(422);
			expect((await ana.ask('GET', '/api/me')).status).toBe(200);
		});

		test('signing out ends this one, signing out everywhere ends all', async () => {
			const [phone, desk, laptop] = [t.browser(), t.browser(), t.browser()];
			await phone.register('ana');
			await desk.signIn('ana');
			await laptop.signIn('ana');
			expect((await phone.ask('POST', '/api/auth/logout')).status).toBe(204);
			expect((await phone.ask('GET', '/api/me')).status).toBe(401);
			expect(phone.refreshToken).toBe('');
			expect((await desk.ask('DELETE', '/api/auth/sessions')).status).toBe(204);
			expect((await desk.ask('GET', '/api/me')).status).toBe(401);
			expect((await laptop.refresh()).status).toBe(401);
		});
	});

	describe('a forgotten password', () => {
		test('a link chooses a new one, once, and signs every device out', async () => {
			const ana = t.browser();
			await ana.register('ana');
			await t.talas.settled();
			t.letters.length = 0;
			const email = 'ana@example.org';
			expect((await t.browser().ask('POST', '/api/auth/password/forgot', { email })).status).toBe(
				202
			);
			await t.talas.settled();
			const token = secretIn(t.letters.at(-1));
			const chosen = { token, password: 'another password' };
			expect((await t.browser().ask('POST', '/api/auth/password/reset', chosen)).status).toBe(204);
			expect((await ana.ask('GET', '/api/me')).status).toBe(401);
			await t.browser().signIn('ana', 'another password');
			const again = await t.browser().ask('POST', '/api/auth/password/reset', chosen);
			expect(again).toMatchObject({ status: 400, body: { code: 'link-invalid' } });
		});

		test('asking tells nobody whether the address is known', async () => {
			const email = 'nobody@example.org';
			const answer = await t.browser().ask('POST', '/api/auth/password/forgot', { email });
			expect(answer).toMatchObject({ status: 202, body: undefined });
		});

		test('an admin can make the link where no letter arrives', async () => {
			const boss = await admin();
			const { user } = await t.browser().register('ben');
			const made = await boss.ask('POST', `/api/admin/members/${user.id}/reset-link`);
			const token = (made.body as { url: string }).url.split('#')[1];
			await t
				.browser()
				.ask('POST', '/api/auth/password/reset', { token, password: 'by the admin' });
			await t.browser().signIn('ben', 'by the admin');
		});

		test('a link that has expired is not valid', async () => {
			const boss = await admin();
			const { user } = await t.browser().register('ben');
			const made = await boss.ask('POST', `/api/admin/members/${user.id}/reset-link`);
			const token = (made.body as { url: string }).url.split('#')[1];
			await t.talas.db.execute(sql`update links set expires_at = now() - interval '1 second'`);
			const late = await t.browser().ask('POST', '/api/auth/password/reset', { token, password });
			expect(late).toMatchObject({ body: { code: 'link-invalid' } });
		});
	});

	describe('changing an account', () => {
		test('a new password needs the old one, and keeps only this device', async () => {
			const [desk, phone] = [t.browser(), t.browser()];
			await desk.register('ana');
			await phone.signIn('ana');
			const path = '/api/auth/password/change';
			const wrong = await desk.ask('POST', path, { current: 'no', password: 'new password' });
			expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
			expect(
				(await desk.ask('POST', path, { current: password, password: 'new password' })).status
			).toBe(204);
			expect((await desk.ask('GET', '/api/me')).status).toBe(200);
			expect((await phone.ask('GET', '/api/me')).status).toBe(401);
			await t.browser().signIn('ana', 'new password');
		});

		test('an address is proven by the link that was sent to it', async () => {
			const ana = t.browser();
			await ana.register('ana');
			await t.talas.settled();
			const token = secretIn(t.letters[0]);
			expect((await t.browser().ask('POST', '/api/auth/email/verify', { token })).status).toBe(204);
			expect((await ana.ask('GET', '/api/me')).body).toMatchObject({ emailVerified: true });
			expect((await t.browser().ask('POST', '/api/auth/email/verify', { token })).status).toBe(400);
		});

		test('a new address counts once it is proven, and the old one hears of it', async () => {
			const ana = t.browser();
			await ana.register('ana');
			await t.talas.settled();
			t.letters.length = 0;
			const asked = { email: 'new@example.org', password };
			expect((await ana.ask('POST', '/api/auth/email/change', asked)).status).toBe(202);
			expect((await ana.ask('GET', '/api/me')).body).toMatchObject({ email: 'ana@example.org' });
			await t.talas.settled();
			const letter = t.letters[0];
			expect(letter?.to).toBe('new@example.org');
			t.letters.length = 0;
			await t.browser().ask('POST', '/api/auth/email/verify', { token: secretIn(letter) });
			expect((await ana.ask('GET', '/api/me')).body).toMatchObject({
				email: 'new@example.org',
				emailVerified: true
			});
			await t.talas.settled();
			expect(t.letters[0]?.to).toBe('ana@example.org');
		});

		test('a letter to an address that belongs to somebody else is not written', async () => {
			const [ana, ben] = [t.browser(), t.browser()];
			await ana.register('ana');
			await ben.register('ben');
			await t.talas.settled();
			t.letters.length = 0;
			const asked = { email: 'ben@example.org', password };
			expect((await ana.ask('POST', '/api/auth/email/change', asked)).status).toBe(202);
			await t.talas.settled();
			expect(t.letters).toEqual([]);
		});

		test('name and handle can change; a taken handle cannot be had', async () => {
			const ana = t.browser();
			await ana.register('ana');
			await t.browser().register('ben');
			const changed = await ana.ask('PATCH', '/api/me', { displayName: 'Ana B.', handle: 'ana_b' });
			expect(changed).toMatchObject({
				status: 200,
				body: { displayName: 'Ana B.', handle: 'ana_b' }
			});
			const taken = await ana.ask('PATCH', '/api/me', { handle: 'ben' });
			expect(taken).toMatchObject({ status: 409, body: { code: 'handle-taken' } });
			expect((await ana.ask('PATCH', '/api/me', { role: 'admin' })).status).toBe(422);
			expect((await ana.ask('PATCH', '/api/me', {})).status).toBe(200);
		});
	});

	describe('leaving', () => {
		test('an account goes with its password, and with all its devices', async () => {
			await admin();
			const [desk, phone] = [t.browser(), t.browser()];
			await desk.register('ben');
			await phone.signIn('ben');
			expect((await desk.ask('DELETE', '/api/me', { password: 'no' })).status).toBe(401);
			expect((await desk.ask('DELETE', '/api/me', { password })).status).toBe(204);
			expect((await phone.ask('GET', '/api/me')).status).toBe(401);
			await expect(t.browser().signIn('ben')).rejects.toThrow('wrong-credentials');
			await t.browser().register('ben');
		});

		test('the last admin stays as long as there are others', async () => {
			const boss = await admin();
			const ben = t.browser();
			await ben.register('ben');
			expect(await boss.ask('DELETE', '/api/me', { password })).toMatchObject({
				status: 409,
				body: { code: 'last-admin' }
			});
			await ben.ask('DELETE', '/api/me', { password });
			expect((await boss.ask('DELETE', '/api/me', { password })).status).toBe(204);
		});

		test('a take-out holds everything, as plain files, and no secret', async () => {
			const ana = t.browser();
			await ana.register('ana');
			const answer = await ana.raw('GET', '/api/me/take-out');
			expect(answer.headers.get('content-type')).toBe('application/zip');
			const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
			expect(Object.keys(files)).toEqual(
				expect.arrayContaining(['account/account.json', 'account/devices.json'])
			);
			const account = strFromU8(files['account/account.json'] ?? new Uint8Array());
			expect(JSON.parse(account)).toMatchObject({ handle: 'ana', email: 'ana@example.org' });
			expect(account).not.toMatch(/\$2[aby]\$|hash/i);
		});
	});

	describe('running a Talas', () => {
		test('what is for admins does not exist for others', async () => {
			const boss = await admin();
			const ben = t.browser();
			const { user } = await ben.register('ben');
			const asked: [string, string, unknown?][] = [
				['PATCH', '/api/admin/instance', { name: 'Mine' }],
				['GET', '/api/admin/members'],
				['POST', `/api/admin/members/${user.id}/approve`],
				['POST', `/api/admin/members/${user.id}/refuse`],
				['POST', `/api/admin/members/${user.id}/reset-link`],
				['GET', '/api/admin/invites'],
				['POST', '/api/admin/invites'],
				['DELETE', `/api/admin/invites/${newId()}`]
			];
			for (const [method, path, body] of asked) {
				expect(await ben.ask(method, path, body)).toMatchObject({ status: 404 });
			}
			const renamed = await boss.ask('PATCH', '/api/admin/instance', { name: 'Studio' });
			expect(renamed.body).toMatchObject({ name: 'Studio', firstAccount: false });
		});

		test('members come in pages that an arrival does not shift', async () => {
			const boss = await admin();
			for (const handle of ['ben', 'cid', 'dan']) await t.browser().register(handle);
			const first = await boss.ask('GET', '/api/admin/members?limit=2');
			type Page = { items: { handle: string }[]; nextCursor: string | null };
			const { items, nextCursor } = first.body as Page;
			expect(items.map(({ handle }) => handle)).toEqual(['admin_ana', 'ben']);
			await t.browser().register('eve');
			const second = await boss.ask('GET', `/api/admin/members?limit=2&cursor=${nextCursor}`);
			const page = second.body as Page;
			expect(page.items.map(({ handle }) => handle)).toEqual(['cid', 'dan']);
			const third = await boss.ask('GET', `/api/admin/members?limit=2&cursor=${page.nextCursor}`);
			expect(third.body).toMatchObject({ items: [{ handle: 'eve' }], nextCursor: null });
			const forged = await boss.ask('GET', '/api/admin/members?cursor=made-up');
			expect(forged).toMatchObject({ status: 422, body: { errors: [{ path: 'cursor' }] } });
		});
	});
});
