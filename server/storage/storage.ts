/**
 * Where bytes lie, on a disk or in an S3 bucket: each piece under its own SHA-256, so that the same
 * sample in ten packs is kept once, and bytes under one name never change. No name that a person gave
 * comes here: file names never become paths.
 */

/** A SHA-256 in 64 lower-case hexadecimal digits. */
export type Sha256 = string;

/** Bytes that are open for reading. */
export type Opened = {
	sha256: Sha256;
	size: number;
	/** Reads up to `length` bytes from `position` on; fewer only where they end. */
	read: (position: number, length: number) => Promise<Buffer>;
	/** Gives them back. What others read goes on. */
	close: () => Promise<void>;
};

/** Both drivers keep one contract: `storage.contract.test.ts`. */
export type Storage = {
	kind: 'disk' | 's3';
	/**
	 * Takes in a finished local file, whole and durably or not at all. The caller vouches for its
	 * SHA-256. The local file is gone afterwards; what is here already is left as it is.
	 */
	take: (path: string, sha256: Sha256) => Promise<void>;
	/** Opens bytes for positioned reads; throws `Missing` if they are not here. */
	open: (sha256: Sha256) => Promise<Opened>;
	/** How many bytes there are, or undefined if they are not here. */
	size: (sha256: Sha256) => Promise<number | undefined>;
	/** Removes bytes; those that are not here are no fault. */
	remove: (sha256: Sha256) => Promise<void>;
	/** The name of every piece of bytes. */
	list: () => AsyncIterable<Sha256>;
	/** For a front server that sends the bytes itself: the path below the folder it shares with us. */
	path: ((sha256: Sha256) => string) | undefined;
	close: () => Promise<void>;
};

/** The bytes asked for are not here. */
export class Missing extends Error {
	readonly sha256: Sha256;
	constructor(sha256: Sha256) {
		super(`There are no bytes ${sha256} in storage.`);
		this.name = 'Missing';
		this.sha256 = sha256;
	}
}

/** Throws for what is no SHA-256, before it comes near a path or an address. */
export function mustBeSha256(text: string): Sha256 {
	if (!isSha256(text)) throw new Error('This is no SHA-256.');
	return text;
}

export function isSha256(text: string): boolean {
	return /^[0-9a-f]{64}$/.test(text);
}
