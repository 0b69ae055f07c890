import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { thingNamed, type ThingName } from '#shared/library.ts';
import { can, type Action } from '#shared/policy.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';
import { join, leave } from '#server/sync/memberships.ts';
import { bookmarks, collectionItems, collections, favourites } from './tables.ts';
import type { CollectionRow } from './tables.ts';

/**
 * How the library reaches things of one kind: undefined if this person may not see the thing, else
 * the scope that keeping it joins, if any. Each domain has one; domains.ts hands them over.
 */
export type Door = (tx: Db, me: Acting, id: Id) => Promise<{ joins: Scope | null } | undefined>;
export type Doors = Record<string, Door>;

/** Why somebody follows a public thing: they starred it, or it lies in a collection. */
export type Reason = 'favourite' | 'collected';

/** Folders and bookmarks can be kept like anything else. */
export const ownDoors: Doors = {
	collections: async (tx, me, id) => {
		const mine = and(eq(collections.id, id), eq(collections.accountId, me.id));
		const rows = await tx.select({ id: collections.id }).from(collections).where(mine);
		return rows.length > 0 ? { joins: null } : undefined;
	},
	bookmarks: async (tx, me, id) => {
		const mine = and(eq(bookmarks.id, id), eq(bookmarks.accountId, me.id));
		const rows = await tx.select({ id: bookmarks.id }).from(bookmarks).where(mine);
		return rows.length > 0 ? { joins: null } : undefined;
	}
};

/** Looks at a thing through its door; what one may not see does not exist. */
export async function mustSee(doors: Doors, tx: Db, me: Acting, thing: ThingName) {
	const { kind, id } = thingNamed(thing);
	const door = Object.hasOwn(doors, kind) ? doors[kind] : undefined;
	const seen = await door?.(tx, me, id);
	if (!seen) throw new ProblemError('not-found');
	return seen;
}

/** Keeps a thing: a public thing of others comes to all devices from now on. */
export async function keep(doors: Doors, tx: Db, me: Acting, thing: ThingName, reason: Reason) {
	const { joins } = await mustSee(doors, tx, me, thing);
	if (joins) await join(tx, me.id, joins, reason);
}

/** Lets go of a thing, unless something else keeps it for the same reason. */
export async function letGo(tx: Db, me: { id: Id }, thing: ThingName, reason: Reason) {
	const table = reason === 'favourite' ? favourites : collectionItems;
	const others = await tx
		.select({ id: table.id })
		.from(table)
		.where(and(eq(table.accountId, me.id), eq(table.thing, thing)))
		.limit(1);
	if (others.length === 0) await leave(tx, me.id, thing, reason);
}

/** A thing became public: those who keep it in their libraries follow it. */
export async function rejoin(tx: Db, scope: Scope): Promise<void> {
	for (const { accountId } of await keepersIn(tx, favourites, scope)) {
		await join(tx, accountId, scope, 'favourite');
	}
	for (const { accountId } of await keepersIn(tx, collectionItems, scope)) {
		await join(tx, accountId, scope, 'collected');
	}
}

/** The folder, for its owner; for others it does not exist. */
export async function mustOwn(
	tx: Db,
	me: Acting,
	id: Id,
	action: Action = 'change'
): Promise<CollectionRow> {
	const [row] = await tx.select().from(collections).where(eq(collections.id, id));
	const mine = row && can(me, action, { kind: 'library', ownerId: row.accountId });
	if (!mine) throw new ProblemError('not-found');
	return row;
}

/** What lies in the trash takes nothing in: the change stays with who made it, and is shown. */
export async function mustBeOut(tx: Db, me: Acting, id: Id): Promise<CollectionRow> {
	const row = await mustOwn(tx, me, id);
	if (row.trashedAt) throw new ProblemError('rejected-by-state');
	return row;
}

/**
 * Changes of the folders of one person come one after the other: two at once could each be right
 * and make a circle together.
 */
export async function inTurn(tx: Db, accountId: Id): Promise<void> {
	await tx.execute(
		sql`select pg_advisory_xact_lock(hashtextextended(${`library ${accountId}`}, 0))`
	);
}

function keepersIn(tx: Db, table: typeof favourites | typeof collectionItems, thing: ThingName) {
	return tx
		.selectDistinct({ accountId: table.accountId })
		.from(table)
		.where(eq(table.thing, thing));
}
