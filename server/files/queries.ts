import { and, asc, eq, inArray } from 'drizzle-orm';
import type { File, FileCard, FileVersion } from '#shared/files.ts';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import type { Reading } from '#server/sync/feed.ts';
import { scopeOf } from './access.ts';
import { files, fileVersions, storageUses, type FileRow, type VersionRow } from './tables.ts';

export const kindOfFiles = 'files';

/** How files read in the feeds. */
export async function readFiles(tx: Db, ids: Id[]): Promise<Reading[]> {
	const rows = await tx.select().from(files).where(inArray(files.id, ids));
	const read = await asFiles(tx, rows);
	return rows.flatMap((row, i) => {
		const data = read[i];
		return data ? [{ id: row.id, scope: scopeOf(row), data }] : [];
	});
}

export async function asFiles(db: Db, rows: FileRow[]): Promise<File[]> {
	const versions = Map.groupBy(
		await versionsOf(
			db,
			rows.map(({ id }) => id)
		),
		({ fileId }) => fileId
	);
	return rows.map((row) => asFile(row, versions.get(row.id) ?? []));
}

export async function filesOf(db: Db, ownerId: Id): Promise<File[]> {
	const mine = eq(files.ownerId, ownerId);
	return asFiles(db, await db.select().from(files).where(mine).orderBy(asc(files.id)));
}

/** The small cards of these files, for the records that name them. */
export async function cardsOfFiles(db: Db, ids: Id[]): Promise<Map<Id, FileCard>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.select({ file: files, version: fileVersions })
		.from(files)
		.innerJoin(
			fileVersions,
			and(eq(fileVersions.fileId, files.id), eq(fileVersions.number, files.current))
		)
		.where(inArray(files.id, ids));
	return new Map(rows.map(({ file, version }) => [file.id, asCard(file, version)]));
}

export async function versionsOf(db: Db, fileIds: Id[]): Promise<VersionRow[]> {
	if (fileIds.length === 0) return [];
	return db
		.select()
		.from(fileVersions)
		.where(inArray(fileVersions.fileId, fileIds))
		.orderBy(asc(fileVersions.fileId), asc(fileVersions.number));
}

/** One version by its number, whoever asks. */
export async function versionOf(
	db: Db,
	fileId: Id,
	number: number
): Promise<{ file: FileRow; version: VersionRow } | undefined> {
	const [found] = await db
		.select({ file: files, version: fileVersions })
		.from(fileVersions)
		.innerJoin(files, eq(files.id, fileVersions.fileId))
		.where(and(eq(fileVersions.fileId, fileId), eq(fileVersions.number, number)));
	return found;
}

/** What an account keeps and may keep, in bytes. */
export async function storageUseOf(db: Db, accountId: Id, usual: number) {
	const [row] = await db.select().from(storageUses).where(eq(storageUses.accountId, accountId));
	return { used: row?.used ?? 0, quota: row?.quota ?? usual };
}

function asFile(row: FileRow, versions: VersionRow[]): File {
	return {
		id: row.id,
		ownerId: row.ownerId,
		name: row.name,
		current: row.current,
		versions: versions.map(asVersion),
		createdAt: row.createdAt.toISOString(),
		trashedAt: row.trashedAt?.toISOString() ?? null
	};
}

function asVersion({ fileId: _, createdAt, ...version }: VersionRow): FileVersion {
	return { ...version, createdAt: createdAt.toISOString() };
}

function asCard(file: FileRow, version: VersionRow): FileCard {
	return {
		id: file.id,
		name: file.name,
		variant: `v${version.number}`,
		type: version.type ?? version.declaredType,
		size: version.size,
		state: version.state
	};
}
