/** The thread that PGlite runs on: see `embedded.ts`, which starts and closes it. */
import { chmod } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { EmbeddedReady, EmbeddedStart } from './embedded.ts';

const main = parentPort;
if (!main) throw new Error('This file is started as a worker thread.');

main.once('message', async (start: EmbeddedStart) => {
	const db = await PGlite.create({
		dataDir: start.directory,
		extensions: { pg_trgm, unaccent }
	});
	const server = new PGLiteSocketServer({
		db,
		maxConnections: 10,
		...(start.listen ? { path: start.listen } : { host: '127.0.0.1', port: 0 })
	});
	server.addEventListener('listening', async (event) => {
		if (start.listen) await chmod(start.listen, 0o600);
		const { port } = (event as CustomEvent<{ port?: number }>).detail;
		main.postMessage({ t: 'ready', port } satisfies EmbeddedReady);
	});
	await server.start();
	main.once('message', async () => {
		await server.stop();
		await db.close();
		process.exit(0);
	});
});
