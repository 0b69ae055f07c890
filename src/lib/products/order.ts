/**
 * The ids of a person's products in an order. They are read once and kept until a product changes, so
 * that a list may show any window of many thousands at once.
 */
import Dexie from 'dexie';
import type { Id } from '#shared/id.ts';
import { local } from '../db/local.ts';

export const orders = { changed: '[owner.id+changedAt]', name: '[owner.id+model]' } as const;
export type Order = keyof typeof orders;

let kept = new Map<string, Promise<Id[]>>();

Dexie.on('storagemutated', (parts) => {
	if (Object.keys(parts).some((part) => part.includes('/products/'))) kept = new Map();
});

/** What is not in the trash: the latest change first, or by name. */
export async function idsInOrder(me: Id, order: Order): Promise<Id[]> {
	const { name } = local();
	const key = `${name} ${me} ${order}`;
	if (kept.has(key)) {
		// Whoever watches this has to hear of every change in the range and in the trash, also when it
		// is not read again. Only then is it taken: a live query may run before what it had is let go.
		await rangeOf(me, order).limit(1).primaryKeys();
		await local().products.orderBy('trashedAt').limit(1).primaryKeys();
	}
	const ids = kept.get(key) ?? read(me, order);
	kept.set(key, ids);
	ids.catch(() => kept.delete(key));
	return ids;
}

async function read(me: Id, order: Order): Promise<Id[]> {
	const ids = await rangeOf(me, order).primaryKeys();
	const trashed = new Set(await local().products.orderBy('trashedAt').primaryKeys());
	const shown = trashed.size > 0 ? ids.filter((id) => !trashed.has(id)) : ids;
	return order === 'changed' ? shown.reverse() : shown;
}

function rangeOf(me: Id, order: Order) {
	return local().products.where(orders[order]).between([me, Dexie.minKey], [me, Dexie.maxKey]);
}
