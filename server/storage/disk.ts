/**
 * Bytes on this machine's disk: `data/blobs/ab/cd/abcd…`.
 *
 * It promises that a name is there only when all of its bytes are, whenever the machine stops: a file
 * is flushed before it is renamed into its place, and the folder after. Readers of the same bytes
 * share one descriptor with positioned reads; it stays open a little for the next range.
 */
import { constants, open, mkdir, opendir, rename, rm, stat, copyFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { placeOf } from './place.ts';
import { Missing, isSha256, mustBeSha256, type Sha256, type Storage } from './storage.ts';

/** Milliseconds that bytes stay open after their last reader. */
const lingering = 10_000;

export function openDisk(dataDir: string): Storage {
	const root = join(dataDir, 'blobs');
	const where = (sha256: Sha256) => join(root, placeOf(mustBeSha256(sha256)));
	const readers = new Readers(where);
	return {
		kind: 'disk',
		take: (path, sha256) => take(path, where(sha256)),
		open: (sha256) => readers.open(sha256),
		size: async (sha256) => (await sizeOf(where(sha256))) ?? undefined,
		remove: async (sha256) => {
			await rm(where(sha256), { force: true });
			await readers.forget(sha256);
		},
		list: () => list(root),
		path: (sha256) => placeOf(mustBeSha256(sha256)),
		close: () => readers.close()
	};
}

async function take(path: string, target: string) {
	const size = (await stat(path)).size;
	if ((await sizeOf(target)) === size) return rm(path, { force: true });
	await flush(path);
	await mkdir(dirname(target), { recursive: true });
	await move(path, target);
	// The folders above may be new too.
	for (let folder = dirname(target), n = 0; n < 3; folder = dirname(folder), n++) {
		await flush(folder);
	}
}

/** A folder for uploads on another disk than the blobs cannot be renamed from. */
async function move(path: string, target: string) {
	try {
		await rename(path, target);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
		const draft = `${target}.${process.pid}.part`;
		await copyFile(path, draft, constants.COPYFILE_FICLONE);
		await flush(draft);
		await rename(draft, target);
		await rm(path, { force: true });
	}
}

/** Windows cannot flush a folder, and needs not. */
async function flush(path: string) {
	const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
		if (process.platform === 'win32') return undefined;
		throw error;
	});
	if (!handle) return;
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function sizeOf(path: string) {
	return stat(path).then(
		({ size }) => size,
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return undefined;
			throw error;
		}
	);
}

async function* list(root: string): AsyncGenerator<Sha256> {
	await mkdir(root, { recursive: true });
	for await (const entry of await opendir(root, { recursive: true })) {
		if (entry.isFile() && isSha256(entry.name)) yield entry.name;
	}
}

type Shared = {
	file: Promise<{ handle: FileHandle; size: number }>;
	readers: number;
	timer: NodeJS.Timeout | undefined;
};

/** One descriptor for all readers of the same bytes. */
class Readers {
	#where: (sha256: Sha256) => string;
	#open = new Map<Sha256, Shared>();

	constructor(where: (sha256: Sha256) => string) {
		this.#where = where;
	}

	async open(sha256: Sha256) {
		const shared = this.#share(sha256);
		shared.readers += 1;
		clearTimeout(shared.timer);
		let given = false;
		const close = async () => {
			if (!given) this.#leave(sha256, shared);
			given = true;
		};
		try {
			const { handle, size } = await shared.file;
			const read = (position: number, length: number) => readAt(handle, position, length);
			return { sha256, size, read, close };
		} catch (error) {
			this.#open.delete(sha256);
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Missing(sha256);
			throw error;
		}
	}

	/** Removed bytes are not handed to new readers; those who read them still do. */
	async forget(sha256: Sha256) {
		const shared = this.#open.get(sha256);
		if (!shared) return;
		this.#open.delete(sha256);
		if (shared.readers === 0) await shut(shared);
	}

	async close() {
		const all = [...this.#open.values()];
		this.#open.clear();
		await Promise.all(all.map(shut));
	}

	#share(sha256: Sha256) {
		const known = this.#open.get(sha256);
		if (known) return known;
		const shared: Shared = { file: openFile(this.#where(sha256)), readers: 0, timer: undefined };
		this.#open.set(sha256, shared);
		return shared;
	}

	#leave(sha256: Sha256, shared: Shared) {
		shared.readers -= 1;
		if (shared.readers > 0) return;
		if (this.#open.get(sha256) !== shared) return void shut(shared);
		shared.timer = setTimeout(() => {
			this.#open.delete(sha256);
			void shut(shared);
		}, lingering).unref();
	}
}

async function openFile(path: string) {
	const handle = await open(path, 'r');
	return { handle, size: (await handle.stat()).size };
}

async function shut(shared: Shared) {
	clearTimeout(shared.timer);
	const opened = await shared.file.catch(() => undefined);
	await opened?.handle.close();
}

async function readAt(handle: FileHandle, position: number, length: number) {
	const buffer = Buffer.allocUnsafeSlow(length);
	let filled = 0;
	while (filled < length) {
		const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
		if (bytesRead === 0) break;
		filled += bytesRead;
	}
	return filled === length ? buffer : buffer.subarray(0, filled);
}
