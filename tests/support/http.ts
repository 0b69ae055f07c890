/** A Talas of this process on a real port: for what only real sockets show. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Reply } from '#server/http/reply.ts';
import type { TestTalas } from './talas.ts';

export async function listen({ app }: TestTalas) {
	const server = createServer({ ServerResponse: Reply }, getRequestListener(app.fetch) as never);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `http://127.0.0.1:${port}`,
		close: async () => {
			server.closeAllConnections();
			server.close();
		}
	};
}
