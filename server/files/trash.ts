import { eq, inArray, lte } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { publish, type Feeds } from '#server/sync/feed.ts';
import { scopeOf } from './access.ts';
import { release } from './blobs.ts';
import { kindOfFiles, versionsOf } from './queries.ts';
import { giveBack } from './quota.ts';
import { files, type FileRow } from './tables.ts';

const page = 100;

/** Deletes files for good; their bytes go once nothing else has them. */
export async function purge(tx: Db, rows: FileRow[]): Promise<void> {
	const ids = rows.map(({ id }) => id);
	const versions = await versionsOf(tx, ids);
	for (const row of rows) {
		publish(tx, scopeOf(row), kindOfFiles, row.id);
		const own = versions.filter(({ fileId }) => fileId === row.id);
		await giveBack(
			tx,
			row.ownerId,
			own.reduce((sum, { size }) => sum + size, 0)
		);
	}
	await tx.delete(files).where(inArray(files.id, ids));
	await release(
		tx,
		versions.flatMap(({ sha256 }) => sha256 ?? [])
	);
}

/** Empties the trash of what has lain in it for long enough. */
export async function sweepFiles({ feeds }: { feeds: Feeds }, now = new Date()): Promise<void> {
	let rows: FileRow[];
	do {
		rows = await feeds.write(async (tx) => {
			const due = await tx
				.select()
				.from(files)
				.where(lte(files.purgeAt, now))
				.orderBy(files.purgeAt)
				.limit(page)
				.for('update');
			if (due.length > 0) await purge(tx, due);
			return due;
		});
	} while (rows.length === page);
}

/** Deletes the files of an account that goes, so that their bytes are counted no more. */
export async function dropFiles(tx: Db, accountId: Id): Promise<void> {
	const rows = await tx.select().from(files).where(eq(files.ownerId, accountId)).for('update');
	const versions = await versionsOf(
		tx,
		rows.map(({ id }) => id)
	);
	await tx.delete(files).where(eq(files.ownerId, accountId));
	await release(
		tx,
		versions.flatMap(({ sha256 }) => sha256 ?? [])
	);
}
