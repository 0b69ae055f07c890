import { eq } from 'drizzle-orm';
import { userScope, type Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { can, type Action, type Person, type ProductThing } from '#shared/policy.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';
import { isMember } from '#server/sync/memberships.ts';
import { products, type ProductRow } from './tables.ts';

type Shown = Pick<ProductRow, 'id' | 'ownerId' | 'visibility' | 'trashedAt'>;

/** The scope that others may have a membership of. */
export function sharedScope(id: Id): Scope {
	return `products:${id}`;
}

/** Where a product and its releases live: what is private, or in the trash, is its owner's alone. */
export function scopeOf({ id, ownerId, visibility, trashedAt }: Shown): Scope {
	return visibility === 'private' || trashedAt !== null ? userScope(ownerId) : sharedScope(id);
}

/** The product, locked, for somebody who may change it; for others it does not exist. */
export async function mustChange(
	tx: Db,
	me: Acting,
	id: Id,
	action: Exclude<Action, 'see'> = 'change'
): Promise<ProductRow> {
	const [row] = await tx.select().from(products).where(eq(products.id, id)).for('update');
	if (!row || !can(me, action, thingOf(row))) throw new ProblemError('not-found');
	return row;
}

/** Whether this person, or a stranger, may see it. */
export async function maySee(db: Db, person: Person, row: Shown): Promise<boolean> {
	const member = person !== null && (await isMember(db, person.id, sharedScope(row.id)));
	return can(person, 'see', thingOf(row, member));
}

/**
 * How the library reaches a product: undefined if the person may not see it, else the scope that a
 * favourite of it joins. Only public things are joined so: what is shared has its own members.
 */
export async function doorToProduct(
	tx: Db,
	me: Acting,
	id: Id
): Promise<{ joins: Scope | null } | undefined> {
	const [row] = await tx
		.select({
			id: products.id,
			ownerId: products.ownerId,
			visibility: products.visibility,
			trashedAt: products.trashedAt
		})
		.from(products)
		.where(eq(products.id, id));
	if (!row || !(await maySee(tx, me, row))) return undefined;
	return { joins: row.visibility === 'public' && !row.trashedAt ? sharedScope(id) : null };
}

function thingOf({ ownerId, visibility, trashedAt }: Shown, member = false): ProductThing {
	return { kind: 'product', ownerId, visibility, trashed: trashedAt !== null, member };
}
