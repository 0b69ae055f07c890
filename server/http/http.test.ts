import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem, catalogue, problemCodes } from '#shared/problem.ts';
import { openTestTalas, type TestTalas } from '../../tests/support/talas.ts';
import { startServer, type RunningServer } from '../../tests/support/server.ts';
import { root } from '#server/env.ts';
import { temporaryFolder } from '../../tests/support/temporary.ts';
import { securityHeaders } from './security-headers.ts';

describe('the frame', () => {
	let t: TestTalas;
	beforeAll(async () => {
		t = await openTestTalas('embedded');
		t.app.get('/api/broken', () => {
			throw new Error('the secret is 42');
		});
		t.app.get('/api/away', async (c) => {
			const lost = Object.assign(new Error('write ECONNREFUSED'), { code: 'ECONNREFUSED' });
			throw c.req.query('wrapped') ? new Error('Failed query', { cause: lost }) : lost;
		});
	});
	afterAll(() => t.close());

	/** Middleware, and what tus answers to say what it can. */
	const isAside = (method: string) => method === 'ALL' || method === 'OPTIONS';
	const login = '/api/auth/login';
	const json = { 'content-type': 'application/json' };

	test.each([
		['an unknown route', '/api/nothing', {}, 404, 'not-found'],
		['a route with another method', '/api/auth/login', { method: 'PUT' }, 404, 'not-found'],
		[
			'malformed JSON',
			login,
			{ method: 'POST', headers: json, body: '{"login":' },
			400,
			'malformed-json'
		],
		['no JSON at all', login, { method: 'POST', headers: json, body: '' }, 400, 'malformed-json'],
		['wrong types', login, { method: 'POST', headers: json, body: '[1]' }, 422, 'invalid-input'],
		[
			'another content type',
			login,
			{ method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' },
			415,
			'unsupported-media-type'
		],
		[
			'a form',
			login,
			{ method: 'POST', body: new URLSearchParams({ login: 'x' }) },
			415,
			'unsupported-media-type'
		],
		[
			'a body that is too large',
			login,
			{ method: 'POST', headers: json, body: `"${'x'.repeat(300_000)}"` },
			413,
			'payload-too-large'
		],
		[
			'a body that says it is too large',
			login,
			{ method: 'POST', headers: { ...json, 'content-length': '9999999' }, body: '{}' },
			413,
			'payload-too-large'
		],
		[
			'an app that is too old',
			'/api/instance',
			{ headers: { 'talas-protocol': '0' } },
			426,
			'client-too-old'
		],
		[
			'an app of no version',
			'/api/instance',
			{ headers: { 'talas-protocol': 'x' } },
			426,
			'client-too-old'
		],
		['a fault of ours', '/api/broken', {}, 500, 'internal'],
		['a database that is away', '/api/away', {}, 503, 'unavailable'],
		['a database that is away, in a query', '/api/away?wrapped=1', {}, 503, 'unavailable']
	])('%s is a problem with its code', async (_, path, init, status, code) => {
		const answer = await t.app.request(path, init as RequestInit);
		expect(answer.status).toBe(status);
		expect(answer.headers.get('content-type')).toBe('application/problem+json');
		const said = await answer.text();
		const problem = Problem.parse(JSON.parse(said));
		expect(problem).toMatchObject({ status, code });
		expect(said).not.toMatch(/secret|\.ts|node_modules|\\n/);
	});

	test('an answer that may be tried again says so, and when', async () => {
		const answer = await t.app.request('/api/away');
		expect(await answer.json()).toMatchObject({ retryable: true });
		expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
	});

	test('every code says whether it may be tried again, and has a status of its kind', () => {
		for (const code of problemCodes) {
			const { status, title } = catalogue[code];
			expect(status).toBeGreaterThanOrEqual(400);
			expect(title).not.toBe('');
			expect('retryable' in catalogue[code]).toBe(status === 429 || status >= 500);
		}
	});

	test('an address that asks too often is told to wait', async () => {
		const small = await openTestTalas('embedded', { rateLimit: 5 });
		const statuses: number[] = [];
		for (let i = 0; i < 7; i++) statuses.push((await small.app.request('/api/instance')).status);
		expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
		await small.close();
	});

	test('what is described is what is served', async () => {
		const document = await (await t.app.request('/api/openapi.json')).json();
		const described = Object.entries(document.paths as Record<string, object>).flatMap(
			([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
		);
		const served = t.app.routes
			.filter(({ method, path }) => !isAside(method) && /^\/api\//.test(path))
			.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
		const ours = new Set(served);
		for (const route of ['GET /api/broken', 'GET /api/away', 'GET /api/openapi.json'])
			ours.delete(route);
		expect(described.sort()).toEqual([...ours].sort());
		expect(document).toMatchObject({ 'x-mutations': {}, 'x-documents': {} });
		const { schema } =
			document.paths['/api/auth/login'].post.requestBody.content['application/json'];
		expect(schema).toMatchObject({ type: 'object', required: ['login', 'password'] });
	});

	test('whoever is not signed in gets nothing but what strangers may have', async () => {
		const open = [
			'POST /api/auth/register',
			'POST /api/auth/login',
			'POST /api/auth/refresh',
			'POST /api/auth/logout',
			'POST /api/auth/password/forgot',
			'POST /api/auth/password/reset',
			'POST /api/auth/email/verify',
			'GET /api/instance',
			'GET /api/openapi.json',
			'GET /api/products',
			'GET /api/products/:id',
			'GET /api/broken',
			'GET /api/away'
		];
		const served = t.app.routes
			.filter(({ method, path }) => !isAside(method) && path.startsWith('/api/'))
			.map(({ method, path }) => `${method} ${path}`);
		for (const route of new Set(served)) {
			if (open.includes(route)) continue;
			const [method = '', path = ''] = route.split(' ');
			const answer = await t.app.request(path, { method });
			expect([route, answer.status]).toEqual([route, 401]);
		}
	});
});

describe('the server', () => {
	let server: RunningServer;
	beforeAll(async () => {
		server = await startServer();
	});
	afterAll(() => server.close());

	test.each([
		'/healthz',
		'/readyz',
		'/api/instance',
		'/api/nothing',
		'/',
		'/any/page',
		'/theme.js'
	])('%s carries every security header, and no server name', async (path) => {
		const { headers } = await fetch(server.url + path);
		for (const name of Object.keys(securityHeaders))
			expect([name, headers.has(name)]).toEqual([name, true]);
		expect(headers.get('x-request-id')).toMatch(/\w/);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
		expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe-inline/);
		expect(headers.has('access-control-allow-origin')).toBe(false);
		expect(headers.has('x-powered-by')).toBe(false);
	});

	test('answers carry the id that their problem names', async () => {
		const answer = await fetch(`${server.url}/api/nothing`);
		const { requestId } = await answer.json();
		expect(answer.headers.get('x-request-id')).toBe(requestId);
	});

	test('an answer of the API is kept by nobody, an immutable file for a year', async () => {
		const api = await fetch(`${server.url}/api/instance`);
		expect(api.headers.get('cache-control')).toBe('no-store');
		const page = await (await fetch(server.url)).text();
		const file = /\/_app\/immutable\/[^"]+\.js/.exec(page)?.[0] ?? '';
		const script = await fetch(server.url + file, { headers: { 'accept-encoding': 'br' } });
		expect(script.headers.get('cache-control')).toContain('immutable');
		expect(script.headers.get('content-encoding')).toBe('br');
	});

	test('any address of the app is its one page; a missing file of it is missing', async () => {
		const page = await fetch(`${server.url}/any/address/of/the/app`);
		expect([page.status, page.headers.get('content-type')]).toEqual([
			200,
			'text/html; charset=utf-8'
		]);
		for (const missing of ['/_app/immutable/gone.js', '/gone.png', '/.well-known/gone']) {
			const answer = await fetch(server.url + missing);
			expect([missing, answer.status]).toEqual([missing, 404]);
		}
	});

	test.each([
		'/../package.json',
		'/..%2fpackage.json',
		'/%2e%2e/%2e%2e/etc/passwd',
		'/_app/../../.env'
	])('%s does not lead out of the app', async (path) => {
		const socket = connect(Number(new URL(server.url).port), 'localhost');
		socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
		const chunks: Buffer[] = [];
		socket.on('data', (chunk) => chunks.push(chunk));
		await once(socket, 'close');
		expect(Buffer.concat(chunks).toString()).not.toMatch(/"name": "talas"|root:/);
	});

	test('figures are for this machine, or for who holds the token', async () => {
		const local = await fetch(`${server.url}/metrics`);
		expect(await local.text()).toContain('talas_http_answers_total{status="200"}');
		const forwarded = { 'x-forwarded-for': '203.0.113.7' };
		expect((await fetch(`${server.url}/metrics`, { headers: forwarded })).status).toBe(404);
	});

	test('another one on the same data is refused politely', async () => {
		const port = Number(new URL(server.url).port) + 1;
		const second = startServer({ dataDir: server.dataDir, port });
		await expect(second).rejects.toThrow(/Another Talas \(process \d+\) already uses/);
	});

	test('another one on the same port is told to choose another', async () => {
		const folder = await temporaryFolder();
		const { port } = new URL(server.url);
		const second = spawn(process.execPath, ['server/main.ts'], {
			cwd: root,
			env: { ...process.env, PORT: port, HOST: 'localhost', DATA_DIR: folder.path }
		});
		const [said] = await Promise.all([text(second.stderr), once(second, 'exit')]);
		expect(said).toContain(`Something already listens on port ${port}.`);
		expect(second.exitCode).toBe(1);
		await folder.close();
	});

	test('a stop lets a request finish, and ends in time with success', async () => {
		const own = await startServer();
		const body = JSON.stringify({
			email: 'ana@example.org',
			password: 'correct horse battery',
			handle: 'ana',
			displayName: 'Ana'
		});
		const registering = fetch(`${own.url}/api/auth/register`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body
		});
		const idle = connect(Number(new URL(own.url).port), 'localhost');
		await once(idle, 'connect');
		await new Promise((over) => setTimeout(over, 50));
		const ended = own.kill('SIGTERM');
		expect((await registering).status).toBe(201);
		expect(await ended).toBe(0);
		idle.destroy();
		await own.close();
	});

	test('what was answered survives SIGKILL', async () => {
		const own = await startServer();
		const asked = (handle: string) =>
			fetch(`${own.url}/api/auth/register`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({
					email: `${handle}@example.org`,
					password: 'correct horse battery',
					handle,
					displayName: handle
				})
			});
		for (const handle of ['ana', 'ben', 'cid']) {
			expect((await asked(handle)).status).toBe(201);
			await own.restart('SIGKILL');
			expect((await asked(handle)).status).toBe(409);
		}
		await own.close();
	});
});

describe('with Postgres away', () => {
	test('the server says that it cannot serve, and recovers', async () => {
		const t = await openTestTalas('postgres');
		const [row] = await t.talas.db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
		await t.talas.db.execute(sql`select pg_terminate_backend(${row?.pid}::int)`).catch((error) => {
			expect(String(error.cause)).toMatch(/terminat|CONNECTION/);
		});
		await expect.poll(async () => (await t.app.request('/readyz')).status).toBe(200);
		await t.close();
	});
});
