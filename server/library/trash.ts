import { and, asc, eq, inArray, lte } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import type { Folders } from '#shared/folders.ts';
import type { Id } from '#shared/id.ts';
import { forgetConflicts } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import { publish, type Feeds } from '#server/sync/feed.ts';
import { letGo } from './access.ts';
import { changeFolders, foldersOf, kindOfCollections } from './folders.ts';
import { collectionItems, collections, type CollectionRow } from './tables.ts';

/** Deletes folders for good, with what lay in them; other folders inside come to lie at the top. */
export async function purgeFolders(
	tx: Db,
	folders: Folders<CollectionRow>,
	rows: CollectionRow[]
): Promise<void> {
	const ids = rows.map(({ id }) => id);
	await changeFolders(tx, folders.leftIn(rows), { parentId: null });
	const items = await tx
		.delete(collectionItems)
		.where(inArray(collectionItems.collectionId, ids))
		.returning();
	await tx.delete(collections).where(inArray(collections.id, ids));
	await forgetConflicts(tx, kindOfCollections, ids);
	for (const { id, accountId } of rows) publish(tx, userScope(accountId), kindOfCollections, id);
	for (const item of items) {
		publish(tx, userScope(item.accountId), 'collectionItems', item.id);
		await letGo(tx, { id: item.accountId }, item.thing, 'collected');
	}
}

/** Empties the trash of what has lain in it for long enough, one person at a time. */
export async function sweepCollections(
	{ db, feeds }: { db: Db; feeds: Feeds },
	now = new Date()
): Promise<void> {
	const people = await db
		.selectDistinct({ id: collections.accountId })
		.from(collections)
		.where(lte(collections.purgeAt, now));
	for (const { id } of people) await feeds.write((tx) => sweepOf(tx, id, now));
}

async function sweepOf(tx: Db, accountId: Id, now: Date) {
	const folders = await foldersOf(tx, accountId);
	const due = await tx
		.select()
		.from(collections)
		.where(and(eq(collections.accountId, accountId), lte(collections.purgeAt, now)))
		.orderBy(asc(collections.id));
	if (due.length > 0) await purgeFolders(tx, folders, due);
}
