/** What records are, without a database: their keys, their marks, what an index sees of them. */
import Dexie, { cmp, type IndexSpec, type Table } from 'dexie';
import type { Id } from '#shared/id.ts';
import type { Key } from '../db/plumbing.ts';
import type { Marks, Stored } from '../db/records.ts';

export function keyOf(kind: string, id: Id): Key {
	return `${kind} ${id}`;
}

export function partsOf(key: Key): [kind: string, id: Id] {
	const space = key.indexOf(' ');
	return [key.slice(0, space), key.slice(space + 1)];
}

export function marksOf(row: Stored | null): Marks {
	if (!row) return {};
	const { _scope, _v, _epoch } = row;
	return {
		...(_scope !== undefined && { _scope }),
		...(_v !== undefined && { _v }),
		...(_epoch !== undefined && { _epoch })
	};
}

/** Whether two records, which are JSON, are the same. Fields in another order count as a difference. */
export function same(a: Stored | null | undefined, b: Stored | null | undefined): boolean {
	return a === b || (a != null && b != null && JSON.stringify(a) === JSON.stringify(b));
}

/** The keys under which an index finds a record: none, one, or one an element. */
export function keysIn(row: Stored, { keyPath, compound, multi }: IndexSpec): unknown[] {
	const paths = [keyPath ?? []].flat();
	const parts = paths.map((path) => Dexie.getByKeyPath(row, path) as unknown);
	if (parts.some((part) => part === undefined || part === null)) return [];
	if (compound) return [parts];
	const [part] = parts;
	return multi && Array.isArray(part) ? part : [part];
}

/** An index of a table by its name. */
export function specOf({ schema }: Table, index: string): IndexSpec {
	return schema.idxByName[index] ?? schema.primKey;
}

/** Whether a key of an index lies between two others, both included. */
export function isIn(key: unknown, { lower, upper }: { lower: unknown; upper: unknown }): boolean {
	return cmp(key, lower) >= 0 && cmp(key, upper) <= 0;
}

/** The items by what `by` says of each, in their order. */
export function allOf<T, K>(items: Iterable<T>, by: (item: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const item of items) {
		const group = groups.get(by(item));
		if (group) group.push(item);
		else groups.set(by(item), [item]);
	}
	return groups;
}
