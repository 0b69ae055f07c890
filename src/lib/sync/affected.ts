/**
 * Which pending mutations must be believed again when something has changed.
 *
 * A mutation is *affected* if it touched or read a record that is put back, or if a search that it
 * made now finds one. All that an affected mutation touched is put back, and of what it read that
 * which others touch. This goes on until nothing is added.
 *
 * Why the others may stand as they are: each of them finds every record that it read as it found it
 * before, since whatever touches such a record is not affected either; and its searches find nothing
 * more, since what is put back was looked at here, and what the affected ones write is looked at
 * afterwards (`reaches`).
 */
import type { Accepted, Key, Waiting } from '../db/plumbing.ts';
import type { Stored } from '../db/records.ts';
import type { Draft } from './draft.ts';
import { isIn, keyOf, keysIn, partsOf, specOf } from './records.ts';
import type { IndexKey } from './twin.ts';

export type Pending = Accepted | Waiting;

/** Among what a mutation read, it says that its twin has not run yet. */
export const unknown: Key = '*';

/** A search as it stands among what a mutation read. */
export function searchKey(kind: string, index: string, lower: IndexKey, upper: IndexKey): Key {
	return `${kind} ?${JSON.stringify([index, lower, upper])}`;
}

type Search = { by: Pending; lower: IndexKey; upper: IndexKey };

/** The searches of some mutations, by kind and index, so that a record's keys are looked up once. */
class Searches {
	readonly #draft: Draft;
	readonly #byIndex = new Map<Key, Search[]>();

	constructor(draft: Draft, pending: Pending[]) {
		this.#draft = draft;
		for (const by of pending) for (const key of by.reads) this.#add(by, key);
	}

	/** Which mutations find the record. */
	finders(kind: string, row: Stored): Pending[] {
		return [...this.#byIndex].flatMap(([place, searches]) => {
			const [searched, index] = partsOf(place);
			if (searched !== kind) return [];
			const keys = keysIn(row, specOf(this.#draft.local.table(kind), index));
			return searches.filter((each) => keys.some((key) => isIn(key, each))).map(({ by }) => by);
		});
	}

	#add(by: Pending, key: Key) {
		const [kind, what] = partsOf(key);
		if (!what.startsWith('?')) return;
		const [index, lower, upper] = JSON.parse(what.slice(1)) as [string, IndexKey, IndexKey];
		const place = keyOf(kind, index);
		const known = this.#byIndex.get(place);
		if (known) known.push({ by, lower, upper });
		else this.#byIndex.set(place, [{ by, lower, upper }]);
	}
}

/** Puts back `dirty` and all that goes with it; answers the affected ones in their order. */
export async function affectedBy(
	draft: Draft,
	dirty: Set<Key>,
	pending: Pending[]
): Promise<Set<Pending>> {
	const images = new Set(pending.flatMap(({ touches }) => touches));
	const searches = new Searches(draft, pending);
	const affected = new Set<Pending>();
	for (let before = -1; before !== affected.size;) {
		before = affected.size;
		await draft.restore(dirty);
		const found = findersOf(draft, dirty, searches);
		for (const each of pending) {
			if (affected.has(each) || !(depends(each, dirty) || found.has(each))) continue;
			affected.add(each);
			for (const key of each.touches) dirty.add(key);
			for (const key of each.reads) if (images.has(key)) dirty.add(key);
		}
	}
	return new Set(pending.filter((each) => affected.has(each)));
}

/** Whether what was written reaches some of the others: their records, or what they search for. */
export function reaches(draft: Draft, others: Pending[]): boolean {
	if (others.length === 0) return false;
	const keys = new Set(others.flatMap(({ touches, reads }) => [...touches, ...reads]));
	const searches = new Searches(draft, others);
	return draft.written.some(({ key, row }) => {
		if (keys.has(key)) return true;
		return row !== null && searches.finders(partsOf(key)[0], row).length > 0;
	});
}

function findersOf(draft: Draft, dirty: Set<Key>, searches: Searches): Set<Pending> {
	const rows = [...dirty].map((key) => [partsOf(key)[0], draft.truth(key)] as const);
	return new Set(rows.flatMap(([kind, row]) => (row ? searches.finders(kind, row) : [])));
}

function depends({ touches, reads }: Pending, dirty: Set<Key>): boolean {
	const isDirty = (key: Key) => dirty.has(key) || key === unknown;
	return touches.some(isDirty) || reads.some(isDirty);
}
