/**
 * What happens between the last byte of an upload and *ready*. Each step may be the last one before
 * the machine stops: the bytes are named in a version (which counts them as used) before they are
 * taken into storage, and the version is ready only after. `finishLeftovers` takes up what was left.
 */
import { eq, inArray, sql } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import { publish } from '#server/sync/feed.ts';
import type { Db } from '#server/db/client.ts';
import type { Sha256 } from '#server/storage/storage.ts';
import type { Talas } from '#server/talas.ts';
import { scopeOf } from './access.ts';
import { claim, release } from './blobs.ts';
import type { Parts } from './parts.ts';
import { kindOfFiles } from './queries.ts';
import { sniff } from './sniff.ts';
import { files, fileVersions, type FileRow, type VersionRow } from './tables.ts';

type Needs = Pick<Talas, 'db' | 'feeds' | 'storage'>;
type Found = { file: FileRow; version: VersionRow };

const running = new WeakMap<Parts, Map<Id, Promise<Sha256 | undefined>>>();

/** Finishes a whole upload once, however many ask; answers its SHA-256, if its file still is there. */
export function finish(talas: Needs, parts: Parts, versionId: Id): Promise<Sha256 | undefined> {
	const all = running.get(parts) ?? new Map<Id, Promise<Sha256 | undefined>>();
	running.set(parts, all);
	const known = all.get(versionId);
	if (known) return known;
	const work = finishOnce(talas, parts, versionId).finally(() => all.delete(versionId));
	all.set(versionId, work);
	return work;
}

async function finishOnce(talas: Needs, parts: Parts, versionId: Id) {
	const path = parts.path(versionId);
	const size = (await parts.progress(versionId))?.size ?? 0;
	const sha256 = await parts.digest(versionId, size);
	const type = await sniff(path);
	const named = await talas.feeds.write(async (tx) => {
		const found = await lockVersion(tx, versionId);
		if (found) await name(tx, found, sha256, type);
		return found !== undefined;
	});
	if (named) await talas.storage.take(path, sha256);
	const there = named && (await setReady(talas, versionId));
	await parts.forget(versionId);
	return there ? sha256 : undefined;
}

async function name(tx: Db, { file, version }: Found, sha256: Sha256, type: string) {
	if (version.sha256 !== sha256) {
		await claim(tx, sha256, version.size);
		if (version.sha256) await release(tx, [version.sha256]);
	}
	await change(tx, file, version, { sha256, type, state: 'processing', failure: null });
}

/** The bytes are in storage. Analysis will have its place before this. */
function setReady({ feeds }: Needs, versionId: Id) {
	return feeds.write(async (tx) => {
		const found = await lockVersion(tx, versionId);
		if (!found) return false;
		const { file, version } = found;
		const current = sql`greatest(${files.current}, ${version.number})`;
		await tx.update(files).set({ current }).where(eq(files.id, file.id));
		await change(tx, file, version, { state: 'ready', failure: null });
		return true;
	});
}

/** Sets how far a version has come; nothing is published where nothing changes. */
export async function setState(
	{ feeds }: Pick<Talas, 'feeds'>,
	versionId: Id,
	state: Pick<VersionRow, 'state' | 'failure'>
): Promise<void> {
	await feeds.write(async (tx) => {
		const found = await lockVersion(tx, versionId);
		if (!found || found.version.state === state.state) return;
		await change(tx, found.file, found.version, state);
	});
}

async function change(tx: Db, file: FileRow, { id }: VersionRow, to: Partial<VersionRow>) {
	await tx.update(fileVersions).set(to).where(eq(fileVersions.id, id));
	publish(tx, scopeOf(file), kindOfFiles, file.id);
}

async function lockVersion(tx: Db, versionId: Id): Promise<Found | undefined> {
	const [found] = await tx
		.select({ file: files, version: fileVersions })
		.from(fileVersions)
		.innerJoin(files, eq(files.id, fileVersions.fileId))
		.where(eq(fileVersions.id, versionId))
		.for('update');
	return found;
}

/** Takes up what a stop of the machine has left, and drops parts that nobody goes on with. */
export async function finishLeftovers(talas: Needs, parts: Parts): Promise<void> {
	await parts.deleteExpired();
	const rows = await talas.db
		.select()
		.from(fileVersions)
		.where(inArray(fileVersions.state, ['uploading', 'processing']));
	for (const row of rows) await goOn(talas, parts, row);
	const wanted = new Set(rows.map(({ id }) => id));
	for (const id of await parts.all()) if (!wanted.has(id)) await dropIfUnwanted(talas, parts, id);
}

async function goOn(talas: Needs, parts: Parts, { id, state, sha256, size }: VersionRow) {
	const progress = await parts.progress(id);
	if (progress?.offset === size) return void (await finish(talas, parts, id));
	if (progress && state === 'uploading') return;
	if (sha256 && (await talas.storage.size(sha256)) === size) {
		await setReady(talas, id);
		return parts.forget(id);
	}
	if (state === 'uploading') return setState(talas, id, { state: 'waiting', failure: null });
	return setState(talas, id, { state: 'failed', failure: 'lost' });
}

/** It may have begun since the list was made. */
async function dropIfUnwanted({ db }: Needs, parts: Parts, id: Id) {
	const [row] = await db
		.select({ state: fileVersions.state })
		.from(fileVersions)
		.where(sql`${fileVersions.id}::text = ${id}`);
	if (row?.state !== 'uploading' && row?.state !== 'processing') await parts.forget(id);
}
