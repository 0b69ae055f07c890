/**
 * Which bytes are in use. A version is a reference: the count goes up in the transaction that names
 * the SHA-256 in a version, before the bytes are taken into storage, and down in the one that deletes
 * it. Whoever removes bytes holds the row meanwhile: so nobody can name bytes that are being removed.
 */
import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Db } from '#server/db/client.ts';
import type { Sha256, Storage } from '#server/storage/storage.ts';
import { blobs } from './tables.ts';

/** Unused bytes stay so long: a file deleted by mistake and added again is not sent twice. */
const grace = 86_400_000;
const page = 20;

/** One more version has these bytes. */
export async function claim(tx: Db, sha256: Sha256, size: number): Promise<void> {
	await tx
		.insert(blobs)
		.values({ sha256, size, references: 1 })
		.onConflictDoUpdate({
			target: blobs.sha256,
			set: { references: sql`${blobs.references} + 1`, unusedSince: null }
		});
}

/** These versions have their bytes no more; a SHA-256 stands as often as it is given up. */
export async function release(tx: Db, given: Sha256[]): Promise<void> {
	const counts = Map.groupBy(given, (sha256) => sha256);
	for (const sha256 of [...counts.keys()].sort()) {
		const fewer = counts.get(sha256)?.length ?? 0;
		await tx
			.update(blobs)
			.set({ references: sql`${blobs.references} - ${fewer}`, unusedSince: sql`now()` })
			.where(eq(blobs.sha256, sha256));
	}
}

/** Removes bytes that nothing has used for a day. */
export async function sweepBlobs(
	{ db, storage }: { db: Db; storage: Storage },
	now = Date.now()
): Promise<void> {
	let removed: number;
	do {
		removed = await db.transaction(async (tx) => {
			const due = await tx
				.select({ sha256: blobs.sha256 })
				.from(blobs)
				.where(and(eq(blobs.references, 0), lt(blobs.unusedSince, new Date(now - grace))))
				.limit(page)
				.for('update', { skipLocked: true });
			const names = due.map(({ sha256 }) => sha256);
			for (const sha256 of names) await storage.remove(sha256);
			await tx.delete(blobs).where(inArray(blobs.sha256, names));
			return names.length;
		});
	} while (removed === page);
}
