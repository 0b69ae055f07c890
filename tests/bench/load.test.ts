import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { load, type Load } from './load.ts';

test('every answer is counted, of a known length or in chunks', async () => {
	const known = await loadOf((_, response) => response.end('hello'));
	expect(known).toMatchObject({ errors: 0, timedOut: 0 });
	expect(known.answers).toBeGreaterThan(50);
	expect(known.p50).toBeLessThanOrEqual(known.p99);
	const chunked = await loadOf((_, response) => {
		response.write('hel');
		setTimeout(() => response.end('lo'), 1);
	});
	expect(chunked).toMatchObject({ errors: 0, timedOut: 0 });
});

test('the headers travel, and an answer that is no success is an error', async () => {
	const listener: RequestListener = (request, response) => {
		response.statusCode = request.headers.authorization === 'Bearer me' ? 200 : 401;
		response.end();
	};
	expect((await loadOf(listener, { headers: { authorization: 'Bearer me' } })).errors).toBe(0);
	const refused = await loadOf(listener);
	expect(refused.errors).toBe(refused.answers);
});

test('a request that is not answered in time is given up', async () => {
	let first = true;
	const loaded = await loadOf(
		(_, response) => {
			if (!first) response.end();
			first = false;
		},
		{ patience: 0.1 }
	);
	expect(loaded.timedOut).toBe(1);
});

async function loadOf(listener: RequestListener, more: Partial<Load> = {}) {
	const server = createServer(listener);
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	try {
		const url = `http://127.0.0.1:${port}/`;
		return await load({ url, connections: 4, seconds: 0.5, ...more });
	} finally {
		server.closeAllConnections();
		server.close();
	}
}
