import { eq } from 'drizzle-orm';
import { userScope, type Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { can, type Action, type Person } from '#shared/policy.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { files, fileVersions, type FileRow, type VersionRow } from './tables.ts';

/** Where a file and its versions live. */
export function scopeOf({ ownerId }: Pick<FileRow, 'ownerId'>): Scope {
	return userScope(ownerId);
}

/** The file, locked, for somebody who may change it; for others it does not exist. */
export async function mustChange(
	tx: Db,
	me: Person,
	id: Id,
	action: Exclude<Action, 'see'> = 'change'
): Promise<FileRow> {
	const [row] = await tx.select().from(files).where(eq(files.id, id)).for('update');
	if (!row || !mayDo(me, action, row)) throw new ProblemError('not-found');
	return row;
}

/** The file for somebody who may see it. Records may only name files that their author may see. */
export async function mustSee(db: Db, person: Person, id: Id): Promise<FileRow> {
	const [row] = await db.select().from(files).where(eq(files.id, id));
	if (!row || !mayDo(person, 'see', row)) throw new ProblemError('not-found');
	return row;
}

/** A version, and its file locked, for somebody who may change it. */
export async function mustChangeVersion(
	tx: Db,
	me: Person,
	versionId: Id
): Promise<{ file: FileRow; version: VersionRow }> {
	const [found] = await tx
		.select({ fileId: fileVersions.fileId })
		.from(fileVersions)
		.where(eq(fileVersions.id, versionId));
	if (!found) throw new ProblemError('not-found');
	const file = await mustChange(tx, me, found.fileId);
	const [version] = await tx.select().from(fileVersions).where(eq(fileVersions.id, versionId));
	if (!version) throw new ProblemError('not-found');
	return { file, version };
}

function mayDo(person: Person, action: Action, { ownerId }: FileRow) {
	return can(person, action, { kind: 'file', ownerId });
}
