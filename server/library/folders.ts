import { eq, inArray } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import { Folders } from '#shared/folders.ts';
import type { Id } from '#shared/id.ts';
import { deepest } from '#shared/library.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { inTurn } from './access.ts';
import { collections, type CollectionRow } from './tables.ts';

export const kindOfCollections = 'collections';

/** All folders of a person, and the turn to change them. */
export async function foldersOf(tx: Db, accountId: Id): Promise<Folders<CollectionRow>> {
	await inTurn(tx, accountId);
	return new Folders(
		await tx.select().from(collections).where(eq(collections.accountId, accountId))
	);
}

/** The folder; what is not there, or somebody else's, does not exist. */
export function mustHave(folders: Folders<CollectionRow>, id: Id): CollectionRow {
	const row = folders.get(id);
	if (!row) throw new ProblemError('not-found');
	return row;
}

/** Changes folders alike, and publishes them. */
export async function changeFolders(
	tx: Db,
	rows: CollectionRow[],
	change: Partial<CollectionRow>
): Promise<void> {
	if (rows.length === 0) return;
	const ids = rows.map(({ id }) => id);
	await tx.update(collections).set(change).where(inArray(collections.id, ids));
	for (const { id, accountId } of rows) publish(tx, userScope(accountId), kindOfCollections, id);
}

export const tooDeep = () =>
	new ProblemError('rejected-by-state', { detail: `Folders lie ${deepest} deep at most` });
