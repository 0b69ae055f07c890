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
export type EmbeddedStart = { directory: string; listen?: string };

/** What the worker says: where it listens. */
export type EmbeddedReady = { t: 'ready'; port?: number };

/**
 * Starts the database kept in `dataDir`/pg, made when there is none yet.
 * Throws politely when another Talas has it open.
 */
export async function startEmbedded(
	dataDir: string
): Promise<{ address: EmbeddedAddress; close: () => Promise<void> }> {
	await mkdir(dataDir, { recursive: true, mode: 0o700 });
	const unlock = await lockDirectory(dataDir);
	const place = await socketPlace(dataDir);
	const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url));
	const start: EmbeddedStart = {
		directory: join(dataDir, 'pg'),
		...(place.path && { listen: place.path })
	};
	worker.postMessage(start);
	const ready = await readiness(worker);
	// Without its database this process is of no use: it ends, and whoever watches it starts another.
	worker.on('error', (error) => {
		throw error;
	});
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

/** Node's own watcher posts messages through the worker too: only ours counts. */
function readiness(worker: Worker): Promise<EmbeddedReady> {
	return new Promise((ready, failed) => {
		worker.once('error', failed);
		worker.on('message', (said: Partial<EmbeddedReady>) => {
			if (said.t === 'ready') ready({ ...said, t: 'ready' });
		});
	});
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
