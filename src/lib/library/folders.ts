import { Folders } from '#shared/folders.ts';
import {
	addCollection,
	changeCollection,
	deleteCollection,
	moveCollection,
	restoreCollection,
	restoreVersion,
	trashCollection,
	type Collection
} from '#shared/library.ts';
import { twin, type Belief } from '../sync/twin.ts';

const out = { trashedAt: null, trashedWith: null };

/** What the screen may believe of folders: the same tree with the same rules as the server's. */
export const folderTwins = [
	twin(addCollection, async (db, _, { parentId, ...collection }, at) => {
		const folders = await foldersIn(db);
		if (folders.get(collection.id)) return;
		const parent = folders.nearestOut(parentId);
		const times = { createdAt: at, changedAt: at };
		await db.collections.put({ ...collection, parentId: parent, ...times, ...out });
	}),

	twin(changeCollection, async (db, _, { id, change }, at) => {
		const row = await db.collections.get(id);
		if (!row) return;
		const changedAt = row.changedAt > at ? row.changedAt : at;
		await db.collections.update(id, { ...change, changedAt });
	}),

	twin(moveCollection, async (db, _, { id, parentId, position }) => {
		const folders = await foldersIn(db);
		const row = folders.get(id);
		const parent = folders.nearestOut(parentId);
		if (!row || folders.loops(id, parent)) return;
		await db.collections.update(id, { parentId: parent, position });
		if (!row.trashedAt || row.trashedWith === id) return;
		for (const each of folders.wentTogether(row)) await db.collections.update(each.id, out);
	}),

	twin(trashCollection, async (db, _, { id, inside }, at) => {
		const folders = await foldersIn(db);
		const row = folders.get(id);
		if (!row || row.trashedAt) return;
		const going = folders.going(row, inside);
		const trash = { trashedAt: at, trashedWith: id };
		for (const each of going) await db.collections.update(each.id, trash);
		const staying = folders.leftIn(going).filter(({ trashedAt }) => !trashedAt);
		for (const each of staying) await db.collections.update(each.id, { parentId: row.parentId });
	}),

	twin(restoreCollection, async (db, _, { id }) => {
		const folders = await foldersIn(db);
		const row = folders.get(id);
		if (!row?.trashedAt) return;
		for (const each of folders.wentTogether(row)) await db.collections.update(each.id, out);
		await db.collections.update(id, { parentId: folders.nearestOut(row.parentId) });
	}),

	twin(deleteCollection, async (db, _, { id }) => {
		const folders = await foldersIn(db);
		const row = folders.get(id);
		if (!row?.trashedAt) return;
		const gone = folders.wentTogether(row);
		for (const { id } of folders.leftIn(gone)) await db.collections.update(id, { parentId: null });
		for (const each of gone) await remove(db, each);
	}),

	// What a version held is known to the server alone: the screen waits for it.
	twin(restoreVersion, () => {})
];

async function foldersIn(db: Belief) {
	return new Folders(await db.collections.between('id', '', '\uffff'));
}

async function remove(db: Belief, { id }: Collection) {
	const items = await db.collectionItems.between('[collectionId+thing]', [id, ''], [id, '\uffff']);
	for (const item of items) await db.collectionItems.delete(item.id);
	await db.collections.delete(id);
}
