/**
 * The history of a collection: each change is kept as what it did, so that it costs its own size, and
 * what the collection was after any of them is found by undoing those that came later.
 */
import { and, desc, eq, gt, lt } from 'drizzle-orm';
import { newId, type Id } from '#shared/id.ts';
import type { Contents, Version } from '#shared/library.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { asItem } from './queries.ts';
import { collectionItems, versions } from './tables.ts';
import type { CollectionRow, ItemChange, ItemRow, ItemState } from './tables.ts';

type Change = { what: Version['what']; changes?: ItemChange[]; nameAfter?: string };

/** Writes down what was done to a collection. */
export async function remember(
	tx: Db,
	{ id, name }: Pick<CollectionRow, 'id' | 'name'>,
	at: Date,
	{ what, changes = [], nameAfter = name }: Change
): Promise<void> {
	const version = { id: newId(), collectionId: id, at, what, changes };
	await tx.insert(versions).values({ ...version, nameBefore: name, nameAfter });
}

/** An item as history keeps it. */
export function stateOf(row: ItemRow): NonNullable<ItemState> {
	const { collectionId: _, ...state } = asItem(row);
	return state;
}

/** A page of what happened to a collection, newest first. */
export async function historyOf(
	db: Db,
	collectionId: Id,
	limit: number,
	before: Id | undefined
): Promise<Version[]> {
	const last = before === undefined ? undefined : await numberOf(db, collectionId, before);
	const here = eq(versions.collectionId, collectionId);
	const rows = await db
		.select()
		.from(versions)
		.where(last === undefined ? here : and(here, lt(versions.n, last)))
		.orderBy(desc(versions.n))
		.limit(limit);
	return rows.map(({ id, at, what, changes, nameAfter }) => ({
		id,
		at: at.toISOString(),
		what,
		thing: changes.length === 1 ? thingIn(changes[0]) : null,
		name: nameAfter
	}));
}

/** What the collection held after that change. */
export async function contentsAfter(
	db: Db,
	{ id: collectionId, name }: Pick<CollectionRow, 'id' | 'name'>,
	versionId: Id
): Promise<Contents> {
	const n = await numberOf(db, collectionId, versionId);
	const later = await db
		.select()
		.from(versions)
		.where(and(eq(versions.collectionId, collectionId), gt(versions.n, n)))
		.orderBy(desc(versions.n));
	const items = new Map((await itemsOf(db, collectionId)).map((row) => [row.id, stateOf(row)]));
	for (const { changes } of later) for (const change of changes.toReversed()) undo(items, change);
	return { name: later.at(-1)?.nameBefore ?? name, items: [...items.values()] };
}

export function itemsOf(db: Db, collectionId: Id): Promise<ItemRow[]> {
	return db.select().from(collectionItems).where(eq(collectionItems.collectionId, collectionId));
}

function undo(items: Map<Id, NonNullable<ItemState>>, { before, after }: ItemChange) {
	if (after) items.delete(after.id);
	if (before) items.set(before.id, before);
}

function thingIn(change: ItemChange | undefined) {
	return change?.after?.thing ?? change?.before?.thing ?? null;
}

async function numberOf(db: Db, collectionId: Id, versionId: Id): Promise<number> {
	const [row] = await db
		.select({ n: versions.n })
		.from(versions)
		.where(and(eq(versions.id, versionId), eq(versions.collectionId, collectionId)));
	if (!row) throw new ProblemError('not-found');
	return row.n;
}
