import { and, count, eq, max } from 'drizzle-orm';
import {
	addFile,
	addVersion,
	deleteFile,
	mostVersions,
	renameFile,
	renameVersion,
	restoreFile,
	showVersion,
	trashFile
} from '#shared/files.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { on } from '#server/sync/mutations.ts';
import { purgeTime } from '#server/sync/trash.ts';
import { mustChange, mustChangeVersion, scopeOf } from './access.ts';
import { kindOfFiles } from './queries.ts';
import { setAside } from './quota.ts';
import { files, fileVersions, type FileRow } from './tables.ts';
import { purge } from './trash.ts';

/** @param usualQuota bytes that an account may keep, where nobody has said otherwise */
export const fileMutations = (usualQuota: number) => [
	on(addFile, async (tx, me, { id, name, size, type, versionName }, at) => {
		const [file] = await tx
			.insert(files)
			.values({ id, name, ownerId: me.id, createdAt: at })
			.onConflictDoNothing()
			.returning();
		if (!file) return void (await mustBeMine(tx, me.id, id));
		await setAside(tx, me.id, size, usualQuota);
		const first = { fileId: id, number: 1, name: versionName, createdAt: at };
		await tx.insert(fileVersions).values({ ...first, id, size, declaredType: type });
		show(tx, file);
	}),

	on(addVersion, async (tx, me, { id, fileId, name, size, type }, at) => {
		const file = await mustChange(tx, me, fileId);
		if (await isThere(tx, fileId, id)) return;
		const number = await nextNumber(tx, fileId);
		await setAside(tx, me.id, size, usualQuota);
		const version = { id, fileId, number, name, size, declaredType: type, createdAt: at };
		await tx.insert(fileVersions).values(version);
		show(tx, file);
	}),

	on(renameFile, async (tx, me, { id, name }) => {
		const file = await mustChange(tx, me, id);
		await tx.update(files).set({ name }).where(eq(files.id, id));
		show(tx, file);
	}),

	on(renameVersion, async (tx, me, { id, name }) => {
		const { file } = await mustChangeVersion(tx, me, id);
		await tx.update(fileVersions).set({ name }).where(eq(fileVersions.id, id));
		show(tx, file);
	}),

	on(showVersion, async (tx, me, { id }) => {
		const { file, version } = await mustChangeVersion(tx, me, id);
		if (version.state !== 'ready') throw new ProblemError('rejected-by-state');
		await tx.update(files).set({ current: version.number }).where(eq(files.id, file.id));
		show(tx, file);
	}),

	on(trashFile, async (tx, me, { id }, at) => {
		const file = await mustChange(tx, me, id, 'delete');
		if (file.trashedAt) return;
		const gone = { trashedAt: at, purgeAt: purgeTime() };
		await tx.update(files).set(gone).where(eq(files.id, id));
		show(tx, file);
	}),

	on(restoreFile, async (tx, me, { id }) => {
		const file = await mustChange(tx, me, id);
		await tx.update(files).set({ trashedAt: null, purgeAt: null }).where(eq(files.id, id));
		show(tx, file);
	}),

	on(deleteFile, async (tx, me, { id }) => {
		const file = await mustChange(tx, me, id, 'delete');
		if (!file.trashedAt) throw new ProblemError('rejected-by-state');
		await purge(tx, [file]);
	})
];

function show(tx: Db, file: FileRow) {
	publish(tx, scopeOf(file), kindOfFiles, file.id);
}

/** Adding again what is there changes nothing; the id of somebody else is taken. */
async function mustBeMine(tx: Db, accountId: Id, id: Id) {
	const mine = and(eq(files.id, id), eq(files.ownerId, accountId));
	const [row] = await tx.select({ id: files.id }).from(files).where(mine);
	if (!row) throw new ProblemError('id-taken');
}

async function isThere(tx: Db, fileId: Id, id: Id) {
	const here = and(eq(fileVersions.id, id), eq(fileVersions.fileId, fileId));
	const rows = await tx.select({ id: fileVersions.id }).from(fileVersions).where(here);
	return rows.length > 0;
}

async function nextNumber(tx: Db, fileId: Id) {
	const [row] = await tx
		.select({ last: max(fileVersions.number), all: count() })
		.from(fileVersions)
		.where(eq(fileVersions.fileId, fileId));
	if ((row?.all ?? 0) >= mostVersions) throw new ProblemError('rejected-by-state');
	return (row?.last ?? 0) + 1;
}
