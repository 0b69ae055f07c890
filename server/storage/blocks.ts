import type { Opened, Sha256 } from './storage.ts';

/** Bytes are read in aligned blocks of this size. */
export const blockSize = 256 * 1024;

/**
 * Blocks that were read lately, for all listeners of the same bytes: one read serves those who come
 * together, and what is played by many is not fetched for each. Bytes under one name never change,
 * so nothing here can be stale; what was not used longest goes first.
 */
export class Blocks {
	#most: number;
	#blocks = new Map<string, Promise<Buffer>>();

	/** @param most bytes to keep, at most */
	constructor(most: number) {
		this.#most = Math.floor(most / blockSize);
	}

	/** The n-th block; the last one is shorter. Nobody may write into it. */
	async block(opened: Opened, n: number): Promise<Buffer> {
		const key = `${opened.sha256}/${n}`;
		const known = this.#blocks.get(key);
		if (known) this.#blocks.delete(key);
		const reading = known ?? opened.read(n * blockSize, blockSize);
		this.#blocks.set(key, reading);
		if (this.#blocks.size > this.#most) this.#dropOldest();
		return known ? reading : this.#checked(key, reading, expected(opened, n));
	}

	/** What could not be read is asked again by the next one. */
	async #checked(key: string, reading: Promise<Buffer>, length: number) {
		try {
			const block = await reading;
			if (block.length === length) return block;
			throw new Error('The bytes in storage end early.');
		} catch (error) {
			this.#blocks.delete(key);
			throw error;
		}
	}

	#dropOldest() {
		const [oldest] = this.#blocks.keys();
		if (oldest !== undefined) this.#blocks.delete(oldest);
	}

	/** Forgets the blocks of bytes that were removed. */
	forget(sha256: Sha256): void {
		for (const key of this.#blocks.keys()) if (key.startsWith(sha256)) this.#blocks.delete(key);
	}
}

function expected({ size }: Opened, n: number) {
	return Math.min(blockSize, size - n * blockSize);
}
