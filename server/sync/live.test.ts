import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SignedIn } from '#shared/accounts.ts';
import { closeCodes, userScope, type LiveMessage, type Scope } from '#shared/feed.ts';
import { newId } from '#shared/id.ts';
import { startHttp } from '#server/serve.ts';
import { openTestTalas, type Browser, type TestTalas } from '../../tests/support/talas.ts';
import type { News } from './bus.ts';
import { join } from './memberships.ts';

describe('the live socket', () => {
	let t: TestTalas;
	let http: Awaited<ReturnType<typeof startHttp>>;
	let ana: Browser & { id: string };

	beforeAll(async () => {
		t = await openTestTalas('embedded', { port: 0 });
		http = await startHttp(t.talas);
		const browser = t.browser();
		const { user } = await browser.register('ana');
		ana = Object.assign(browser, { id: user.id });
	});
	afterAll(async () => {
		await http.stop();
		await t.close();
	});

	/** A socket, all that it heard, and how it closed. */
	function listen(token: string | undefined, headers: Record<string, string> = {}) {
		const protocols = token === undefined ? ['talas'] : ['talas', `bearer.${token}`];
		const socket = new WebSocket(`ws://localhost:${http.port}/api/live`, protocols, { headers });
		const heard: LiveMessage[] = [];
		socket.on('message', (data) => heard.push(JSON.parse(String(data))));
		const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)]);
		return {
			socket,
			heard,
			closed,
			ready: () => expect.poll(() => heard[0]).toEqual({ t: 'ready' })
		};
	}

	/** Joins a scope, which is news of `user:<id>`. */
	const joined = (scope: Scope) => t.talas.feeds.write((tx) => join(tx, ana.id, scope, 'test'));
	const of = (heard: LiveMessage[], scope: Scope) =>
		heard.flatMap((message) => (message.t === 'feed' && message.scope === scope ? [message] : []));

	test('tells at once what was committed, with the revision before it', async () => {
		const { heard, ready, socket } = listen(ana.accessToken);
		await ready();
		const scope = `room:${newId()}`;
		await joined(scope);
		await expect.poll(() => of(heard, userScope(ana.id))).toHaveLength(1);
		const [message] = of(heard, userScope(ana.id));
		expect(message?.revision).toBe((message?.base ?? 0) + 1);
		expect(message?.rows).toMatchObject([{ kind: 'memberships', data: { scope } }]);
		socket.close();
	});

	test('a scope that was left is not heard any more, from the same commit on', async () => {
		const { heard, ready, socket } = listen(ana.accessToken);
		await ready();
		const scope = `room:${newId()}`;
		await joined(scope);
		await expect.poll(() => of(heard, userScope(ana.id))).toHaveLength(1);
		const [{ rows = [], revision = 0 } = {}] = of(heard, userScope(ana.id));
		const said = (n: number): News => ({
			t: 'feed',
			scope,
			base: n - 1,
			revision: n,
			rows: [{ kind: 'notes', id: newId(), revision: n, v: 1, data: {} }]
		});
		t.talas.bus.tell([said(1)]);
		await expect.poll(() => of(heard, scope)).toHaveLength(1);
		const gone = rows.map((row) => ({ ...row, v: 2, data: null }));
		const leaving = { base: revision, revision: revision + 1, rows: gone };
		t.talas.bus.tell([said(2), { t: 'feed', scope: userScope(ana.id), ...leaving }]);
		await expect.poll(() => of(heard, userScope(ana.id))).toHaveLength(2);
		expect(of(heard, scope)).toHaveLength(1);
		socket.close();
	});

	test.each([
		['no token', undefined, closeCodes.signIn, 'signed-out'],
		['garbage', 'garbage', closeCodes.signIn, 'token-invalid']
	])('%s is refused after the handshake, with the reason', async (_, token, code, reason) => {
		const { closed, heard } = listen(token);
		expect(await closed).toEqual([code, reason]);
		expect(heard).toEqual([]);
	});

	test('an expired token is refused as expired', async () => {
		const { id, role } = (await ana.ask('GET', '/api/me')).body as SignedIn['user'];
		const acting = { id, role, sessionId: newId(), since: new Date() };
		const { accessToken } = await t.talas.tokens.make(acting, Date.now() - 700_000);
		expect(await listen(accessToken).closed).toEqual([closeCodes.expired, 'token-expired']);
	});

	test('a page of another site cannot open it; a program without a page can', async () => {
		const headers = { origin: 'https://evil.example' };
		const protocols = ['talas', `bearer.${ana.accessToken}`];
		const foreign = new WebSocket(`ws://localhost:${http.port}/api/live`, protocols, { headers });
		const error = await new Promise<Error>((told) => foreign.on('error', told));
		expect(error.message).toContain('403');
		const own = listen(ana.accessToken, { origin: `http://localhost:${http.port}` });
		await own.ready();
		own.socket.close();
	});

	test('when a session ends, its sockets close at once, and no others', async () => {
		const phone = t.browser();
		await phone.signIn('ana');
		const [there, here] = [listen(phone.accessToken), listen(ana.accessToken)];
		await Promise.all([there.ready(), here.ready()]);
		await phone.ask('POST', '/api/auth/logout');
		expect(await there.closed).toEqual([closeCodes.signIn, 'session ended']);
		expect(here.socket.readyState).toBe(WebSocket.OPEN);
		here.socket.close();
	});

	test('a token is renewed on the open socket; one of somebody else closes it', async () => {
		const { socket, ready, closed } = listen(ana.accessToken);
		await ready();
		await ana.refresh();
		socket.send(JSON.stringify({ t: 'auth', token: ana.accessToken }));
		await new Promise((over) => setTimeout(over, 100));
		expect(socket.readyState).toBe(WebSocket.OPEN);
		const ben = t.browser();
		await ben.register('ben');
		socket.send(JSON.stringify({ t: 'auth', token: ben.accessToken }));
		expect(await closed).toEqual([closeCodes.signIn, 'token-invalid']);
	});

	test.each([
		['something else than JSON', 'hello', 1008],
		['a message that is not known', '{"t":"shout"}', 1008],
		['a field that is not known', '{"t":"beat","x":1}', 1008],
		['binary rubbish', randomBytes(64), 1008],
		['a message that is too long', 'x'.repeat(20_000), 1009]
	])('%s closes the socket, and only that one', async (_, message, code) => {
		const [rude, polite] = [listen(ana.accessToken), listen(ana.accessToken)];
		await Promise.all([rude.ready(), polite.ready()]);
		rude.socket.send(message);
		expect((await rude.closed)[0]).toBe(code);
		expect(polite.socket.readyState).toBe(WebSocket.OPEN);
		polite.socket.close();
	});

	test('a flood of messages closes the socket', async () => {
		const { socket, ready, closed } = listen(ana.accessToken);
		await ready();
		for (let i = 0; i < 300; i++) socket.send('{"t":"beat"}');
		expect(await closed).toEqual([closeCodes.tooMany, 'too many']);
	});

	test('broken frames end the connection and nothing else', async () => {
		for (const frame of [
			Buffer.from([0x81, 0x05, 1, 2, 3, 4, 5]), // not masked
			Buffer.from([0xff, 0xff]), // reserved bits
			Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), // huge
			Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]) // not UTF-8
		]) {
			const socket = await handshake(http.port, ana.accessToken ?? '');
			const ended = once(socket, 'close');
			socket.resume().write(frame);
			await ended;
		}
		expect((await t.app.request('/readyz')).status).toBe(200);
	});

	test('a device that does not read is told to pull, and costs no memory meanwhile', async () => {
		const slow = await handshake(http.port, ana.accessToken ?? '');
		slow.pause();
		const quick = listen(ana.accessToken);
		await quick.ready();
		const before = process.memoryUsage().rss;
		const often = { interval: 1, timeout: 10_000 };
		const body = 'x'.repeat(100_000);
		const scope = userScope(ana.id);
		const row = (revision: number) => ({
			kind: 'notes',
			id: newId(),
			revision,
			v: 1,
			data: { body }
		});
		for (let i = 1; i <= 300; i++) {
			t.talas.bus.tell([{ t: 'feed', scope, base: i - 1, revision: i, rows: [row(i)] }]);
			if (i % 5 === 0) await expect.poll(() => of(quick.heard, scope).length, often).toBe(i);
		}
		expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200);
		const received: Buffer[] = [];
		slow.on('data', (chunk) => received.push(chunk));
		slow.resume();
		await expect
			.poll(() => Buffer.concat(received).includes('{"t":"pull"}'), { timeout: 10_000 })
			.toBe(true);
		expect(Buffer.concat(received).length).toBeLessThan(300 * body.length);
		slow.destroy();
		quick.socket.close();
	});
});

/** The handshake by hand, for clients that behave badly afterwards. */
async function handshake(port: number, token: string): Promise<Socket> {
	const socket = connect(port, 'localhost');
	socket.on('error', () => socket.destroy());
	socket.write(
		[
			'GET /api/live HTTP/1.1',
			`host: localhost:${port}`,
			'connection: upgrade',
			'upgrade: websocket',
			'sec-websocket-version: 13',
			`sec-websocket-key: ${randomBytes(16).toString('base64')}`,
			`sec-websocket-protocol: talas, bearer.${token}`,
			'\r\n'
		].join('\r\n')
	);
	let answer = '';
	while (!answer.includes('"ready"')) answer += String((await once(socket, 'data'))[0]);
	return socket;
}
