import { createHash } from 'node:crypto';
import { asc, eq, gt } from 'drizzle-orm';
import type { Db } from '#server/db/client.ts';
import { Missing, type Sha256, type Storage } from '#server/storage/storage.ts';
import { blobs, files, fileVersions } from './tables.ts';

const blockSize = 1 << 20;
const page = 500;

export type Fault = { sha256: Sha256; fault: 'damaged' | 'lost'; names: string[] };

/** Reads all bytes that files have, and names those that are not what they were. */
export async function verify(
	db: Db,
	storage: Storage
): Promise<{ checked: number; faults: Fault[] }> {
	const faults: Fault[] = [];
	let checked = 0;
	for (let after = '', last = page; last === page;) {
		const rows = await db
			.select({ sha256: blobs.sha256 })
			.from(blobs)
			.where(gt(blobs.sha256, after))
			.orderBy(asc(blobs.sha256))
			.limit(page);
		for (const { sha256 } of rows) {
			checked += 1;
			const fault = await faultOf(storage, sha256);
			if (fault) faults.push({ sha256, fault, names: await namesOf(db, sha256) });
		}
		[after, last] = [rows.at(-1)?.sha256 ?? '', rows.length];
	}
	return { checked, faults };
}

async function faultOf(storage: Storage, sha256: Sha256): Promise<Fault['fault'] | undefined> {
	try {
		return (await sumOf(storage, sha256)) === sha256 ? undefined : 'damaged';
	} catch (error) {
		if (error instanceof Missing) return 'lost';
		throw error;
	}
}

async function sumOf(storage: Storage, sha256: Sha256) {
	const opened = await storage.open(sha256);
	const hash = createHash('sha256');
	try {
		for (let at = 0; at < opened.size; at += blockSize) {
			hash.update(await opened.read(at, blockSize));
		}
	} finally {
		await opened.close();
	}
	return hash.digest('hex');
}

async function namesOf(db: Db, sha256: Sha256) {
	const rows = await db
		.select({ name: files.name, number: fileVersions.number })
		.from(fileVersions)
		.innerJoin(files, eq(files.id, fileVersions.fileId))
		.where(eq(fileVersions.sha256, sha256));
	return rows.map(({ name, number }) => `${name}, version ${number}`);
}
