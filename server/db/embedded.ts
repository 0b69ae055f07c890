/**
 * Postgres without installing Postgres: PGlite in a worker thread, so that the event loop never
 * waits for it, behind a socket that only this account of the machine can open.
 */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { lockDirectory } from './lock.ts';

export type EmbeddedAddress = { path: string } | { host: string; port: number };

/** What the worker is told; `listen` is a Unix socket path, or nothing for a loopback port. */
export type EmbeddedStart = { directory: string; dump: ArrayBuffer | undefined; listen?: string };

/** What the worker says: where it listens. */
export type EmbeddedReady = { port?: number };

/**
 * Starts the database kept in `dataDir`/pg, made from `dump` when there is none yet.
 * Throws politely when another Talas has it open.
 */
export async function startEmbedded(
	dataDir: string,
	dump?: Blob
): Promise<{ address: EmbeddedAddress; close: () => Promise<void> }> {
	await mkdir(dataDir, { recursive: true, mode: 0o700 });
	const unlock = await lockDirectory(dataDir);
	const place = await socketPlace(dataDir);
	const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url));
	const start: EmbeddedStart = {
		directory: join(dataDir, 'pg'),
		dump: await dump?.arrayBuffer(),
		...(place.path && { listen: place.path })
	};
	worker.postMessage(start);
	const [ready] = (await once(worker, 'message')) as [EmbeddedReady];
	return {
		address: place.path ? { path: place.path } : { host: '127.0.0.1', port: ready.port ?? 0 },
		close: async () => {
			const exited = once(worker, 'exit');
			worker.postMessage('close');
			await exited;
			await place.remove();
			await unlock();
		}
	};
}

/** The kernel takes about a hundred bytes for a socket's path; a longer one moves to a private folder. */
const longestSocketPath = 100;

async function socketPlace(dataDir: string) {
	if (process.platform === 'win32') return { path: undefined, remove: async () => {} };
	const beside = join(dataDir, 'pg.sock');
	if (Buffer.byteLength(beside) <= longestSocketPath) {
		await rm(beside, { force: true });
		return { path: beside, remove: () => rm(beside, { force: true }) };
	}
	const folder = await mkdtemp(join(tmpdir(), 'talas-'));
	return {
		path: join(folder, 'pg.sock'),
		remove: () => rm(folder, { recursive: true, force: true })
	};
}
