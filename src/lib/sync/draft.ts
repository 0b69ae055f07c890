/**
 * The records that one transaction works on, in memory: read once, changed here, written once.
 *
 * It promises: a record that twins touch has its server image kept (step 2 in the life of a change),
 * and no image stays of a record that none touches any more; what is as it was is not written again;
 * a twin that fails leaves nothing of itself.
 */
import { cmp, type Table } from 'dexie';
import type { Id } from '#shared/id.ts';
import type { Local } from '../db/local.ts';
import type { Footprint, Key } from '../db/plumbing.ts';
import type { Stored } from '../db/records.ts';
import { searchKey } from './affected.ts';
import { allOf, isIn, keyOf, keysIn, marksOf, partsOf, same, specOf } from './records.ts';
import type { IndexKey } from './twin.ts';

type Entry = {
	kind: string;
	id: Id;
	/** As it lies in its table. */
	table: Stored | null;
	/** The image that is kept of it; undefined: none. */
	image: Stored | null | undefined;
	/** As the server has it. */
	truth: Stored | null;
	/** As it is to be. */
	now: Stored | null;
	/** By how many twins it was touched. */
	touched: number;
	/** Whether it was put back as the server has it, and not read from its table by a twin. */
	restored: boolean;
};

type Step = { touches: Set<Key>; reads: Set<Key>; undo: Map<Key, Stored | null> };

/** More records than this are looked for by their range first: most are new then. */
const many = 50;
/** Records written in one go: the page stays smooth between them. */
const atOnce = 200;

export class Draft {
	readonly local: Local;
	/** Records that only others touch, who do not run again: they are not put back. */
	fence: ReadonlySet<Key> = new Set();
	/** What the twin that runs read when it ran before. */
	known: ReadonlySet<Key> = new Set();
	/** All that twins wrote, also what other twins wrote over. */
	written: { key: Key; row: Stored | null }[] = [];
	/** Whether a twin read beyond the fence: what it wrote then counts for nothing. */
	escaped = false;
	readonly #entries = new Map<Key, Entry>();
	#step: Step | null = null;
	#writing: Promise<unknown>[] = [];

	constructor(local: Local) {
		this.local = local;
	}

	keys(): Iterable<Key> {
		return this.#entries.keys();
	}

	has(key: Key): boolean {
		return this.#entries.has(key);
	}

	/** Takes records as the server has them: from their images, or from their tables. */
	async restore(keys: Iterable<Key>): Promise<void> {
		const missing = [...keys].filter((key) => !this.#entries.has(key)).map(partsOf);
		const images = await this.#images(missing);
		for (const [kind, some] of allOf(missing, ([kind]) => kind)) {
			const ids = some.map(([, id]) => id);
			const rows = await this.#rows(kind, ids);
			for (const id of ids) {
				const key = keyOf(kind, id);
				const table = rows.get(id) ?? null;
				const image = images.get(key);
				const truth = image === undefined ? table : image;
				const as = { table, image, truth, now: truth };
				this.#entries.set(key, { kind, id, ...as, touched: 0, restored: true });
			}
		}
	}

	/** A restored record as the server has it. */
	truth(key: Key): Stored | null {
		return this.#entries.get(key)?.truth ?? null;
	}

	/** Changes what the server has. Only restored records, before any twin runs. */
	settle(key: Key, truth: Stored | null): void {
		const entry = this.#entries.get(key);
		if (entry) entry.truth = entry.now = truth;
	}

	/** Undoes what twins did here, and forgets what they read beyond what was restored. */
	rewind(): void {
		this.escaped = false;
		this.fence = new Set();
		this.written = [];
		for (const [key, entry] of this.#entries) {
			entry.now = entry.truth;
			entry.touched = 0;
			if (!entry.restored) this.#entries.delete(key);
		}
	}

	/** Runs a twin; if it throws, nothing of it stays. */
	async perform(twin: () => void | Promise<void>): Promise<Footprint> {
		const step: Step = { touches: new Set(), reads: new Set(), undo: new Map() };
		this.#step = step;
		try {
			await twin();
			await Promise.all(this.#writing);
		} catch (error) {
			this.#undo(step);
			throw Object.assign(new TwinError(error), { footprint: footprintOf(step) });
		} finally {
			this.#step = null;
			this.#writing = [];
		}
		return footprintOf(step);
	}

	async read(kind: string, id: Id): Promise<Stored | null> {
		const { now } = await this.#load(keyOf(kind, id));
		return now;
	}

	/** Changes a record for the twin that runs. `change` gets what is there, and answers what is to be. */
	write(kind: string, id: Id, change: (now: Stored | null) => Stored | null): Promise<void> {
		const written = this.#write(keyOf(kind, id), change);
		this.#writing.push(written);
		return written;
	}

	/** Searches by an index; what it finds counts as read. */
	async range(kind: string, index: string, lower: IndexKey, upper: IndexKey): Promise<Stored[]> {
		const search = searchKey(kind, index, lower, upper);
		this.#step?.reads.add(search);
		if (!this.known.has(search) && this.#hides(kind)) this.escaped = true;
		const table = this.local.table<Stored, Id>(kind);
		const found = await table.where(index).between(lower, upper, true, true).distinct().toArray();
		const kept = found.filter(({ id }) => this.#isPlain(keyOf(kind, id)));
		const spec = specOf(table, index);
		const first = (row: Stored) => keysIn(row, spec).find((key) => isIn(key, { lower, upper }));
		const ours = [...this.#entries.values()]
			.filter((entry) => entry.kind === kind)
			.flatMap(({ now }) => (now && first(now) !== undefined ? [now] : []));
		const all = [...kept, ...ours].sort((a, b) => cmp(first(a), first(b)) || cmp(a.id, b.id));
		for (const { id } of all) this.#step?.reads.add(keyOf(kind, id));
		return all;
	}

	/** Whether records of the kind were not put back that a new search might find. */
	#hides(kind: string) {
		return [...this.fence].some((key) => partsOf(key)[0] === kind && !this.#entries.has(key));
	}

	/** As the server has it, and as it lies in its table. What others touch was not found before. */
	#isPlain(key: Key) {
		return !this.#entries.has(key) && !this.fence.has(key);
	}

	/** Writes what has changed, in the transaction at hand. */
	async save(): Promise<void> {
		await this.#completeImages();
		const entries = [...this.#entries.values()];
		for (const [kind, changed] of allOf(entries.filter(isChanged), ({ kind }) => kind)) {
			const table = this.local.table<Stored, Id>(kind);
			const rows = changed.flatMap(({ now }) => (now ? [now] : []));
			const gone = changed.filter(({ now }) => now === null).map(({ id }) => id);
			for (let i = 0; i < rows.length; i += atOnce) await table.bulkPut(rows.slice(i, i + atOnce));
			if (gone.length > 0) await table.bulkDelete(gone);
		}
		await this.#saveImages(entries);
	}

	async #saveImages(entries: Entry[]) {
		const kept = entries.filter(({ touched, image, truth }) => touched > 0 && !same(image, truth));
		const gone = entries.filter(({ touched, image }) => touched === 0 && image !== undefined);
		const images = kept.map(({ kind, id, truth }) => ({ kind, id, row: truth }));
		if (kept.length > 0) await this.local.images.bulkPut(images);
		if (gone.length > 0) {
			await this.local.images.bulkDelete(gone.map(({ kind, id }) => [kind, id]));
		}
	}

	/** Records read straight from their tables may have an image that only now matters. */
	async #completeImages() {
		const unsure = [...this.#entries].filter(
			([, { touched, image }]) => touched > 0 && image === undefined
		);
		const images = await this.#images(unsure.map(([key]) => partsOf(key)));
		for (const [key, entry] of unsure) {
			const image = images.get(key);
			if (image !== undefined) Object.assign(entry, { image, truth: image });
		}
	}

	async #write(key: Key, change: (now: Stored | null) => Stored | null) {
		const step = this.#step;
		if (!step) throw new Error('A twin went on writing after its end.');
		const entry = await this.#load(key);
		const next = change(entry.now);
		if (next === entry.now) return;
		if (!step.touches.has(key)) {
			step.touches.add(key);
			step.undo.set(key, entry.now);
			entry.touched += 1;
		}
		entry.now = next && { ...next, ...marksOf(entry.now ?? entry.truth) };
		this.written.push({ key, row: entry.now });
	}

	async #load(key: Key): Promise<Entry> {
		this.#step?.reads.add(key);
		const known = this.#entries.get(key);
		if (known) return known;
		if (this.fence.has(key)) this.escaped = true;
		const [kind, id] = partsOf(key);
		const table = (await this.local.table<Stored, Id>(kind).get(id)) ?? null;
		const loaded = this.#entries.get(key);
		if (loaded) return loaded;
		const as = { table, image: undefined, truth: table, now: table };
		const entry = { kind, id, ...as, touched: 0, restored: false };
		this.#entries.set(key, entry);
		return entry;
	}

	#undo(step: Step) {
		for (const [key, before] of step.undo) {
			const entry = this.#entries.get(key);
			if (!entry) continue;
			entry.now = before;
			entry.touched -= 1;
		}
		step.touches.clear();
	}

	async #images(wanted: [string, Id][]): Promise<Map<Key, Stored | null>> {
		const few = wanted.length > many && (await this.local.images.count()) === 0 ? [] : wanted;
		const images = few.length > 0 ? await this.local.images.bulkGet(few) : [];
		return new Map(
			images.flatMap((image) => (image ? [[keyOf(image.kind, image.id), image.row]] : []))
		);
	}

	async #rows(kind: string, ids: Id[]): Promise<Map<Id, Stored>> {
		const table = this.local.table<Stored, Id>(kind);
		const wanted = ids.length > many ? await presentOf(table, ids) : ids;
		const rows = wanted.length > 0 ? await table.bulkGet(wanted) : [];
		return new Map(rows.flatMap((row) => (row ? [[row.id, row]] : [])));
	}
}

/** A twin threw: `cause` says what. */
export class TwinError extends Error {
	footprint: Footprint = { touches: [], reads: [] };

	constructor(cause: unknown) {
		super('A twin failed.', { cause });
		this.name = 'TwinError';
	}
}

function isChanged({ table, now }: Entry) {
	return !same(table, now);
}

function footprintOf({ touches, reads }: Step): Footprint {
	return { touches: [...touches], reads: [...reads].filter((key) => !touches.has(key)) };
}

/** Those of the ids that may be in the table. */
async function presentOf(table: Table<Stored, Id>, ids: Id[]): Promise<Id[]> {
	const sorted = [...ids].sort();
	const range = table.where(':id').between(sorted[0], sorted.at(-1), true, true);
	const present = await range.limit(ids.length).primaryKeys();
	if (present.length === ids.length) return ids;
	const known = new Set(present);
	return ids.filter((id) => known.has(id));
}
