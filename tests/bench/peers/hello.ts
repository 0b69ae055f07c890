/** `node hello.ts [bare|ours]`: a hello by Hono, answered by Node's own response or by Talas's. */
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Reply } from '#server/http/reply.ts';

const app = new Hono().get('/', (c) => c.json({ hello: 'world' }));
const kind = process.argv[2] === 'ours' ? Reply : ServerResponse;
const server = createServer(
	{ ServerResponse: kind as typeof ServerResponse },
	getRequestListener(app.fetch)
);
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
