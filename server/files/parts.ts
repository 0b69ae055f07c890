/**
 * Uploads that are not finished, in `data/uploads`, each named by the id of its version.
 *
 * It promises that what an offset counts is on the file, whatever cuts the connection; that a chunk
 * with a checksum counts whole or not at all; and that the SHA-256 of a finished upload is there
 * without reading it again, unless the server was stopped in between.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rm, truncate, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import type { Id } from '#shared/id.ts';
import type { Sha256 } from '#server/storage/storage.ts';
import type { Checksum } from './checksum.ts';

/** An upload that was left alone so long starts again, in milliseconds. */
const lifetime = 7 * 86_400_000;
const batchSize = 1 << 20;
const mostTallies = 500;

/** How far an upload has been summed up. */
type Tally = { hash: Hash; offset: number };

export class Parts extends FileStore {
	#tallies = new Map<Id, Tally>();
	#checksum: () => Checksum | undefined;

	/** @param checksum what the request at hand says its chunk comes to */
	constructor(directory: string, checksum: () => Checksum | undefined) {
		super({ directory, expirationPeriodInMilliseconds: lifetime });
		this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
		this.#checksum = checksum;
	}

	path(id: Id): string {
		return join(this.directory, id);
	}

	override async write(stream: Readable, id: Id, offset: number): Promise<number> {
		const checksum = this.#checksum();
		const before = await this.#tallyAt(id, offset);
		const tally = { hash: before.hash.copy(), offset };
		const file = await open(this.path(id), 'r+');
		try {
			await pour(stream, file, tally, checksum?.hash);
		} finally {
			await file.close();
			if (checksum) await this.#judge(id, checksum, before, tally);
			else this.#keep(id, tally);
		}
		return tally.offset;
	}

	/** The chunk is what it was said to be, or it was never here. */
	async #judge(id: Id, { hash, digest }: Checksum, before: Tally, after: Tally) {
		if (hash.digest('base64') === digest) return this.#keep(id, after);
		await truncate(this.path(id), before.offset);
		this.#keep(id, before);
		// What @tus/server answers is what is thrown.
		throw { status_code: 460, body: 'Checksum Mismatch' };
	}

	/** The SHA-256 of the first `size` bytes: of all, when the upload is finished. */
	async digest(id: Id, size: number): Promise<Sha256> {
		return (await this.#tallyAt(id, size)).hash.copy().digest('hex');
	}

	/** How much has come, or undefined if there is no such upload. */
	async progress(id: Id): Promise<{ offset: number; size: number } | undefined> {
		const there = await access(`${this.path(id)}.json`).then(
			() => true,
			() => false
		);
		if (!there) return undefined;
		const { offset, size = 0 } = await this.getUpload(id).catch(() => ({ offset: 0, size: 0 }));
		return { offset, size };
	}

	/** Removes an upload, finished or not; one that is not here is no fault. */
	async forget(id: Id): Promise<void> {
		this.#tallies.delete(id);
		await rm(this.path(id), { force: true });
		await rm(`${this.path(id)}.json`, { force: true });
	}

	/** The uploads that are here. */
	async all(): Promise<Id[]> {
		await mkdir(this.directory, { recursive: true });
		const names = await readdir(this.directory);
		return [...new Set(names.map((name) => name.replace(/\.json$/, '')))];
	}

	async #tallyAt(id: Id, offset: number): Promise<Tally> {
		if (offset === 0) return { hash: createHash('sha256'), offset };
		const known = this.#tallies.get(id);
		if (known?.offset === offset) return known;
		const hash = createHash('sha256');
		const stream = createReadStream(this.path(id), { end: offset - 1, highWaterMark: batchSize });
		for await (const chunk of stream) hash.update(chunk as Buffer);
		return { hash, offset };
	}

	#keep(id: Id, tally: Tally) {
		this.#tallies.delete(id);
		this.#tallies.set(id, tally);
		const [oldest] = this.#tallies.keys();
		if (this.#tallies.size > mostTallies && oldest) this.#tallies.delete(oldest);
	}
}

/** Writes in batches, and also what came before a connection broke. */
async function pour(stream: Readable, file: FileHandle, tally: Tally, also: Hash | undefined) {
	let batch: Buffer[] = [];
	let size = 0;
	const write = async () => {
		const { bytesWritten } = await file.writev(batch, tally.offset);
		if (bytesWritten !== size) throw new Error('The disk took only a part of a batch.');
		for (const chunk of batch) tally.hash.update(chunk);
		tally.offset += size;
		[batch, size] = [[], 0];
	};
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			also?.update(chunk);
			batch.push(chunk);
			size += chunk.length;
			if (size >= batchSize) await write();
		}
	} finally {
		if (size > 0) await write();
	}
}
