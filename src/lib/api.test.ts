import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ProblemError, type ProblemCode } from '#shared/problem.ts';
import { api, onNews, ping, speakAs, stranger, type News } from './api.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => answer(request, response));
let news: News[] = [];

/** In a page the address of the server is the page's own; Node has to be told. */
beforeAll(async () => {
	server.listen(0);
	await once(server, 'listening');
	const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
	const { fetch } = globalThis;
	vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(origin + path, init));
	onNews((heard) => news.push(heard));
});

afterEach(() => {
	news = [];
	speakAs({ token: async () => null, renew: () => Promise.reject(new ProblemError('signed-out')) });
});

afterAll(() => {
	server.closeAllConnections();
	server.close();
	vi.unstubAllGlobals();
});

function json(response: ServerResponse, status: number, body: unknown, headers = {}) {
	const type = status < 400 ? 'application/json' : 'application/problem+json';
	response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}

function problem(code: ProblemCode, status: number) {
	return { type: '', title: '', status, code, detail: 'why', requestId: 'r-1', retryable: false };
}

test('every request says which protocol it speaks, and strangers send no token', async () => {
	let headers: IncomingMessage['headers'] = {};
	answer = (request, response) => {
		headers = request.headers;
		json(response, 200, { name: 'Talas' });
	};
	speakAs({ token: async () => 'secret', renew: async () => 'other' });
	await stranger.api.instance.$get();
	expect(headers['talas-protocol']).toBe('1');
	expect(headers.authorization).toBeUndefined();
	await api.api.me.$get();
	expect(headers.authorization).toBe('Bearer secret');
	expect(news).toEqual(['reached', 'reached']);
});

test.each(['token-expired', 'token-invalid', 'session-ended'] as const)(
	'a token refused as %s is renewed once, and the request sent again with its body',
	async (code) => {
		const asked: string[] = [];
		answer = async (request, response) => {
			const body = (await request.toArray()).join('');
			asked.push(`${request.headers.authorization} ${body}`);
			if (asked.length === 1) return json(response, 401, problem(code, 401));
			return json(response, 200, { handle: 'ana' });
		};
		speakAs({ token: async () => 'old', renew: async (refused) => `not ${refused}` });
		const answered = await api.api.me.$patch({ json: { displayName: 'Ana' } });
		expect(await answered.json()).toEqual({ handle: 'ana' });
		expect(asked).toEqual([
			'Bearer old {"displayName":"Ana"}',
			'Bearer not old {"displayName":"Ana"}'
		]);
	}
);

test('a token refused twice is not tried a third time', async () => {
	let asked = 0;
	answer = (_, response) => {
		asked += 1;
		json(response, 401, problem('token-invalid', 401));
	};
	speakAs({ token: async () => 'old', renew: async () => 'new' });
	await expect(api.api.me.$get()).rejects.toThrow(
		expect.objectContaining({ code: 'token-invalid' })
	);
	expect(asked).toBe(2);
});

test("the server's problem is thrown whole: code, fields, when to try again, reference", async () => {
	const errors = [{ path: 'handle', code: 'too-short', message: 'This is too short' }];
	answer = (_, response) =>
		json(response, 422, { ...problem('invalid-input', 422), errors }, { 'retry-after': '7' });
	const thrown: unknown = await stranger.api.instance.$get().catch((error: unknown) => error);
	expect(thrown).toBeInstanceOf(ProblemError);
	expect(thrown).toMatchObject({
		code: 'invalid-input',
		errors,
		retryAfter: 7,
		cause: { requestId: 'r-1' }
	});
	expect(news).toEqual(['reached']);
});

test('a code that this app does not know yet is understood by its status', async () => {
	answer = (_, response) =>
		json(response, 404, { ...problem('not-found', 404), code: 'brand-new' });
	await expect(stranger.api.instance.$get()).rejects.toThrow(
		expect.objectContaining({ code: 'not-found' })
	);
});

test('a proxy that cannot reach Talas is not Talas', async () => {
	answer = (_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>');
	await expect(stranger.api.instance.$get()).rejects.toThrow(
		expect.objectContaining({ code: 'unavailable', retryable: true })
	);
	expect(news).toEqual(['unreached']);
	expect(await ping()).toBe(false);
});

test('a hotel that answers everything with its log-in page is not Talas', async () => {
	answer = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
	expect(await ping()).toBe(false);
});

test('a connection that breaks, even half-way, is a problem that may pass', async () => {
	answer = (_, response) => response.destroy();
	await expect(stranger.api.instance.$get()).rejects.toThrow(
		expect.objectContaining({ code: 'unavailable' })
	);
	answer = (_, response) => {
		response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
		response.write('{"name":');
		setTimeout(() => response.destroy(), 20);
	};
	await expect(stranger.api.instance.$get()).rejects.toThrow(
		expect.objectContaining({ code: 'unavailable' })
	);
	expect(news).toEqual(['unreached', 'unreached']);
	expect(await ping()).toBe(false);
});

test('an app that is too old hears it', async () => {
	answer = (_, response) => json(response, 426, problem('client-too-old', 426));
	await expect(stranger.api.instance.$get()).rejects.toThrow(ProblemError);
	expect(news).toEqual(['reached', 'too-old']);
});

test('Talas that answers is there', async () => {
	answer = (_, response) => json(response, 200, { status: 'alive' });
	expect(await ping()).toBe(true);
});
