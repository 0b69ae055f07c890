import { userScope } from '#shared/feed.ts';
import type { Folders } from '#shared/folders.ts';
import type { Id } from '#shared/id.ts';
import {
	addCollection,
	changeCollection,
	deleteCollection,
	moveCollection,
	mostCollections,
	restoreCollection,
	trashCollection
} from '#shared/library.ts';
import { ProblemError } from '#shared/problem.ts';
import { keepLost, merge, type Touched } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { on } from '#server/sync/mutations.ts';
import { purgeTime } from '#server/sync/trash.ts';
import { changeFolders, foldersOf, kindOfCollections, mustHave, tooDeep } from './folders.ts';
import { remember } from './history.ts';
import { collections, type CollectionRow } from './tables.ts';
import { purgeFolders } from './trash.ts';

/** Folders: made, named, moved, thrown away and brought back. */
export const collectionMutations = [
	on(addCollection, async (tx, me, { id, name, parentId, position }, at) => {
		const folders = await foldersOf(tx, me.id);
		if (folders.get(id)) return;
		if (folders.count >= mostCollections) throw new ProblemError('rejected-by-state');
		if (parentId !== null) mustHave(folders, parentId);
		const parent = folders.nearestOut(parentId);
		if (folders.loops(id, parent)) throw tooDeep();
		const row = { id, accountId: me.id, name, parentId: parent, position };
		await tx.insert(collections).values({ ...row, createdAt: at, changedAt: at });
		publish(tx, userScope(me.id), kindOfCollections, id);
		if (parent !== parentId) await sayElsewhere(tx, row, parent, parentId, me.id, at);
	}),

	on(changeCollection, async (tx, me, { id, change, from }, at) => {
		const row = mustHave(await foldersOf(tx, me.id), id);
		const edit = { change, from, by: me.id, at };
		const merged = await merge(tx, mergeable(row, { name: row.name }), edit);
		const changedAt = later(row.changedAt, at);
		await changeFolders(tx, [row], { ...merged.change, touched: merged.touched, changedAt });
		const { name = row.name } = merged.change as { name?: string };
		if (name !== row.name) await remember(tx, row, at, { what: 'renamed', nameAfter: name });
	}),

	on(moveCollection, async (tx, me, { id, parentId, position, from }, at) => {
		const folders = await foldersOf(tx, me.id);
		const row = mustHave(folders, id);
		const asked = { change: { parentId }, from: { parentId: from }, by: me.id, at };
		const merged = await merge(tx, mergeable(row, { parentId: row.parentId }), asked);
		if (!('parentId' in merged.change)) return setPlace(tx, row, {}, merged.touched);
		if (parentId !== null) mustHave(folders, parentId);
		const parent = folders.nearestOut(parentId);
		if (folders.loops(id, parent)) {
			return sayElsewhere(tx, row, row.parentId, parentId, me.id, at);
		}
		await setPlace(tx, row, { parentId: parent, position }, merged.touched);
		if (parent !== parentId) await sayElsewhere(tx, row, parent, parentId, me.id, at);
		await takeOutOfTrash(tx, folders, row);
	}),

	on(trashCollection, async (tx, me, { id, inside }, at) => {
		const folders = await foldersOf(tx, me.id);
		const row = mustHave(folders, id);
		if (row.trashedAt) return;
		const going = folders.going(row, inside);
		const trash = { trashedAt: at, trashedWith: id, purgeAt: purgeTime() };
		await changeFolders(tx, going, trash);
		const staying = folders.leftIn(going).filter(({ trashedAt }) => !trashedAt);
		await changeFolders(tx, staying, { parentId: row.parentId });
		for (const each of staying) {
			await sayElsewhere(tx, each, row.parentId, each.parentId, me.id, at);
		}
	}),

	on(restoreCollection, async (tx, me, { id }) => {
		const folders = await foldersOf(tx, me.id);
		const row = mustHave(folders, id);
		if (!row.trashedAt) return;
		const parentId = folders.nearestOut(row.parentId);
		await changeFolders(tx, folders.wentTogether(row), out);
		await changeFolders(tx, [row], { parentId });
	}),

	on(deleteCollection, async (tx, me, { id }) => {
		const folders = await foldersOf(tx, me.id);
		const row = mustHave(folders, id);
		if (!row.trashedAt) throw new ProblemError('rejected-by-state');
		await purgeFolders(tx, folders, folders.wentTogether(row));
	})
];

const out = { trashedAt: null, trashedWith: null, purgeAt: null };

/** A folder that went to the trash inside another, and was moved out of it, is not thrown away. */
async function takeOutOfTrash(tx: Db, folders: Folders<CollectionRow>, row: CollectionRow) {
	if (!row.trashedAt || row.trashedWith === row.id) return;
	await changeFolders(tx, folders.wentTogether(row), out);
}

/** A folder could not lie where it was put: where it lies instead is said at the folder. */
async function sayElsewhere(
	tx: Db,
	{ id, accountId }: Pick<CollectionRow, 'id' | 'accountId'>,
	kept: Id | null,
	asked: Id | null,
	by: Id,
	at: Date
) {
	const record = { kind: kindOfCollections, id, ownerId: accountId };
	await keepLost(tx, record, 'parentId', kept, { value: asked, at: at.toISOString(), by });
}

function setPlace(tx: Db, row: CollectionRow, place: Partial<CollectionRow>, touched: Touched) {
	return changeFolders(tx, [row], { ...place, touched });
}

function mergeable(row: CollectionRow, fields: Record<string, unknown>) {
	const { id, accountId: ownerId, createdAt, touched } = row;
	return { kind: kindOfCollections, id, ownerId, createdAt, touched, fields };
}

function later(a: Date, b: Date) {
	return a > b ? a : b;
}
