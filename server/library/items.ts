import { and, count, eq, inArray } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import {
	addItem,
	moveItem,
	mostItems,
	removeItem,
	restoreVersion,
	type Contents,
	type ThingName
} from '#shared/library.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';
import { publish } from '#server/sync/feed.ts';
import { on } from '#server/sync/mutations.ts';
import { inTurn, keep, letGo, mustBeOut, mustOwn, type Doors } from './access.ts';
import { contentsAfter, itemsOf, remember, stateOf } from './history.ts';
import { collectionItems, collections } from './tables.ts';
import type { CollectionRow, ItemChange, ItemRow } from './tables.ts';

/** What lies in collections, once in each, in the order of its person. */
export const itemMutations = (doors: Doors) => [
	on(addItem, async (tx, me, { id, collectionId, thing, position }, at) => {
		await inTurn(tx, me.id);
		const collection = await mustBeOut(tx, me, collectionId);
		await keep(doors, tx, me, thing, 'collected');
		await mustHaveRoom(tx, collectionId);
		const there = await itemIn(tx, collectionId, thing);
		tell(tx, me.id, there?.id ?? id);
		if (there) return;
		const added = { id, accountId: me.id, collectionId, thing, position, addedAt: at };
		await tx.insert(collectionItems).values(added);
		const changes = [{ before: null, after: stateOf(added) }];
		await remember(tx, collection, at, { what: 'added', changes });
	}),

	on(moveItem, async (tx, me, { collectionId, thing, to, position }, at) => {
		await inTurn(tx, me.id);
		const collection = await mustOwn(tx, me, collectionId);
		const item = await itemIn(tx, collectionId, thing);
		if (!item) throw new ProblemError('not-found');
		const target = to === collectionId ? collection : await mustBeOut(tx, me, to);
		if (target !== collection) await takeOutOf(tx, me, target, thing, at);
		const change = { collectionId: to, position };
		await tx.update(collectionItems).set(change).where(eq(collectionItems.id, item.id));
		tell(tx, me.id, item.id);
		await rememberMove(tx, collection, target, item, { ...item, ...change }, at);
	}),

	on(removeItem, async (tx, me, { collectionId, thing }, at) => {
		await inTurn(tx, me.id);
		await takeOutOf(tx, me, await mustOwn(tx, me, collectionId), thing, at);
		await letGo(tx, me, thing, 'collected');
	}),

	on(restoreVersion, async (tx, me, { collectionId, versionId }, at) => {
		await inTurn(tx, me.id);
		const collection = await mustBeOut(tx, me, collectionId);
		const contents = await contentsAfter(tx, collection, versionId);
		const changes = await bringBack(tx, me, collection, contents);
		await rename(tx, collection, contents.name, at);
		for (const { before, after } of changes) {
			if (!after && before) await letGo(tx, me, before.thing, 'collected');
			if (after && !before) await rekeep(doors, tx, me, after.thing);
		}
		await remember(tx, collection, at, { what: 'restored', changes, nameAfter: contents.name });
	})
];

function tell(tx: Db, accountId: Id, id: Id) {
	publish(tx, userScope(accountId), 'collectionItems', id);
}

async function takeOutOf(
	tx: Db,
	me: Acting,
	collection: CollectionRow,
	thing: ThingName,
	at: Date
) {
	const [gone] = await tx
		.delete(collectionItems)
		.where(and(eq(collectionItems.collectionId, collection.id), eq(collectionItems.thing, thing)))
		.returning();
	if (!gone) return;
	tell(tx, me.id, gone.id);
	const changes = [{ before: stateOf(gone), after: null }];
	await remember(tx, collection, at, { what: 'removed', changes });
}

async function rememberMove(
	tx: Db,
	collection: CollectionRow,
	target: CollectionRow,
	item: ItemRow,
	moved: ItemRow,
	at: Date
) {
	const [before, after] = [stateOf(item), stateOf(moved)];
	if (target === collection) {
		await remember(tx, collection, at, { what: 'moved', changes: [{ before, after }] });
		return;
	}
	await remember(tx, collection, at, { what: 'removed', changes: [{ before, after: null }] });
	await remember(tx, target, at, { what: 'added', changes: [{ before: null, after }] });
}

/** Makes the items of a collection those of an earlier time; answers what that changed. */
async function bringBack(
	tx: Db,
	me: Acting,
	{ id: collectionId }: CollectionRow,
	{ items }: Contents
): Promise<ItemChange[]> {
	const now = new Map((await itemsOf(tx, collectionId)).map((row) => [row.thing, row]));
	const then = new Map(items.map((item) => [item.thing, item]));
	const gone = [...now.values()].filter(({ thing }) => !then.has(thing));
	if (gone.length > 0) await remove(tx, gone);
	const changes: ItemChange[] = gone.map((row) => ({ before: stateOf(row), after: null }));
	for (const item of items) {
		const row = now.get(item.thing);
		if (row?.position === item.position) continue;
		const after = row
			? await reposition(tx, row, item.position)
			: await putBack(tx, {
					...item,
					addedAt: new Date(item.addedAt),
					accountId: me.id,
					collectionId
				});
		changes.push({ before: row ? stateOf(row) : null, after: stateOf(after) });
	}
	for (const { before, after } of changes) tell(tx, me.id, (after ?? before)?.id ?? collectionId);
	return changes;
}

async function remove(tx: Db, rows: ItemRow[]) {
	const ids = rows.map(({ id }) => id);
	await tx.delete(collectionItems).where(inArray(collectionItems.id, ids));
}

async function reposition(tx: Db, row: ItemRow, position: string): Promise<ItemRow> {
	await tx.update(collectionItems).set({ position }).where(eq(collectionItems.id, row.id));
	return { ...row, position };
}

/** Under its own id, unless that lies in another collection by now. */
async function putBack(tx: Db, row: ItemRow): Promise<ItemRow> {
	const [put] = await tx.insert(collectionItems).values(row).onConflictDoNothing().returning();
	return put ?? putBack(tx, { ...row, id: newId() });
}

/** A thing may be gone, or not be for this person any more: then its place is all that comes back. */
async function rekeep(doors: Doors, tx: Db, me: Acting, thing: ThingName) {
	try {
		await keep(doors, tx, me, thing, 'collected');
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
	}
}

async function rename(tx: Db, collection: CollectionRow, name: string, at: Date) {
	const changedAt = at > collection.changedAt ? at : collection.changedAt;
	await tx.update(collections).set({ name, changedAt }).where(eq(collections.id, collection.id));
	publish(tx, userScope(collection.accountId), 'collections', collection.id);
}

async function itemIn(tx: Db, collectionId: Id, thing: ThingName): Promise<ItemRow | undefined> {
	const [row] = await tx
		.select()
		.from(collectionItems)
		.where(and(eq(collectionItems.collectionId, collectionId), eq(collectionItems.thing, thing)));
	return row;
}

async function mustHaveRoom(tx: Db, collectionId: Id) {
	const [row] = await tx
		.select({ all: count() })
		.from(collectionItems)
		.where(eq(collectionItems.collectionId, collectionId));
	if ((row?.all ?? 0) >= mostItems) throw new ProblemError('rejected-by-state');
}
