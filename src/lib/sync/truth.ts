/**
 * What the server says, as it goes into a rebase: rows, tombstones, cursors, fillings.
 *
 * It promises: old news never wins over newer (a row with a lower `v` than the one here is ignored,
 * also after a tombstone); a tombstone deletes only what its scope still holds; a filling from the
 * start ends with the removal of what it did not name; leaving a scope removes its records.
 */
import type { FeedRow, Revision, Scope } from '#shared/feed.ts';
import type { Cursor, Key, Tombstone } from '../db/plumbing.ts';
import type { Stored } from '../db/records.ts';
import type { Draft } from './draft.ts';
import { keyOf, partsOf } from './records.ts';

type Page = { rows: FeedRow[]; revision: Revision; more: boolean; reset?: true };

export class Truth {
	readonly draft: Draft;
	readonly #cursors = new Map<Scope, { cursor: Cursor | undefined; changed: boolean }>();
	readonly #leaving = new Set<Key>();

	constructor(draft: Draft) {
		this.draft = draft;
	}

	/** Every record that is put back or changed. */
	dirty(): Set<Key> {
		return new Set([...this.draft.keys(), ...this.#leaving]);
	}

	/** A pending mutation goes: what it touched is as the server has it. */
	leave({ touches }: { touches: Key[] }): void {
		for (const key of touches) this.#leaving.add(key);
	}

	/** How far this device has come in a scope; undefined if it does not sync it. */
	async cursor(scope: Scope): Promise<Cursor | undefined> {
		const known = this.#cursors.get(scope);
		if (known) return known.cursor;
		const cursor = await this.draft.local.cursors.get(scope);
		this.#cursors.set(scope, { cursor, changed: false });
		return cursor;
	}

	/** Takes a page of a scope, from a pull or from the live socket. */
	async take(scope: Scope, { rows, revision, more, reset }: Page): Promise<void> {
		const before = (await this.cursor(scope)) ?? newCursor(scope);
		const cursor = reset ? begunAnew(before) : before;
		const filling = cursor.filling || cursor.revision === 0;
		this.#put({ ...cursor, revision, more, filling: more && filling });
		await this.#apply(scope, rows);
		if (!more) await this.complete(scope);
	}

	/** The scope has been named to its end: what a filling from the start did not name goes. */
	async complete(scope: Scope): Promise<void> {
		const cursor = await this.cursor(scope);
		if (!cursor) return;
		this.#put({ ...cursor, more: false, filling: false, sweep: false });
		if (!cursor.sweep) return;
		const { epoch } = cursor;
		await this.#remove(scope, (row) => (row._epoch ?? 0) !== epoch);
	}

	/** Fills the scope from the start; what is here stays until then. */
	async reset(scope: Scope): Promise<void> {
		const cursor = await this.cursor(scope);
		if (!cursor) return;
		this.#put(begunAnew(cursor));
		await this.draft.local.tombstones.where('scope').equals(scope).delete();
	}

	/** This code knows kinds that older code left out: their scopes are filled anew. */
	async adopt(): Promise<void> {
		const { cursors, kinds } = this.draft.local;
		for (const { scope, strays = [] } of await cursors.toArray()) {
			if (strays.some((kind) => kinds.includes(kind))) await this.reset(scope);
		}
	}

	/** Another history: what was counted before means nothing any more. */
	async resetAll(): Promise<void> {
		for (const cursor of await this.draft.local.cursors.toArray()) this.#put(begunAnew(cursor));
		await this.draft.local.tombstones.clear();
	}

	/** This device syncs the scope no more. */
	async drop(scope: Scope): Promise<void> {
		await this.#remove(scope, () => true);
		await this.draft.local.tombstones.where('scope').equals(scope).delete();
		this.#cursors.set(scope, { cursor: undefined, changed: true });
	}

	/** Writes the cursors. */
	async store(): Promise<void> {
		for (const [scope, { cursor, changed }] of this.#cursors) {
			if (!changed) continue;
			if (cursor) await this.draft.local.cursors.put(cursor);
			else await this.draft.local.cursors.delete(scope);
		}
	}

	#put(cursor: Cursor) {
		this.#cursors.set(cursor.scope, { cursor, changed: true });
	}

	async #apply(scope: Scope, rows: FeedRow[]) {
		const known = rows.filter(({ kind }) => this.draft.local.kinds.includes(kind));
		if (known.length < rows.length) await this.#noteStrays(scope, rows);
		const keys = known.map(({ kind, id }) => keyOf(kind, id));
		await this.draft.restore(keys);
		const gone = await this.#tombstones(keys);
		const epoch = (await this.cursor(scope))?.epoch ?? 0;
		const buried: Tombstone[] = [];
		const raised: Key[] = [];
		for (const row of known) {
			const key = keyOf(row.kind, row.id);
			const here = this.draft.truth(key);
			const v = here ? await this.#confirmed(here) : (gone.get(key) ?? 0);
			if (row.v < v) continue;
			if (row.data) this.draft.settle(key, stored(scope, row, row.data, epoch));
			else if (here?._scope === scope) this.draft.settle(key, null);
			if (!row.data && (!here || here._scope === scope)) buried.push(tombstoneOf(scope, row));
			if (row.data && gone.has(key)) raised.push(key);
		}
		const { tombstones } = this.draft.local;
		if (buried.length > 0) await tombstones.bulkPut(buried);
		if (raised.length > 0) await tombstones.bulkDelete(raised.map(partsOf));
	}

	/** How often a record had changed; 0 if its scope is being filled anew and has not named it yet. */
	async #confirmed({ _scope, _v, _epoch }: Stored): Promise<number> {
		const cursor = _scope === undefined ? undefined : await this.cursor(_scope);
		return cursor && (_epoch ?? 0) !== cursor.epoch ? 0 : (_v ?? 0);
	}

	async #tombstones(keys: Key[]): Promise<Map<Key, number>> {
		const absent = keys.filter((key) => !this.draft.truth(key));
		const { tombstones } = this.draft.local;
		if (absent.length === 0 || (await tombstones.count()) === 0) return new Map();
		const found = await tombstones.bulkGet(absent.map(partsOf));
		return new Map(found.flatMap((each) => (each ? [[keyOf(each.kind, each.id), each.v]] : [])));
	}

	/** Newer code will know these kinds, and fill the scope anew for them. */
	async #noteStrays(scope: Scope, rows: FeedRow[]) {
		const cursor = await this.cursor(scope);
		const kinds = rows.map(({ kind }) => kind);
		const strays = kinds.filter((kind) => !this.draft.local.kinds.includes(kind));
		if (cursor)
			this.#put({ ...cursor, strays: [...new Set([...(cursor.strays ?? []), ...strays])] });
	}

	/** Removes the records of a scope that `which` names. */
	async #remove(scope: Scope, which: (row: Stored) => boolean) {
		const keys = await keysOfScope(this.draft, scope);
		await this.draft.restore(keys);
		for (const key of keys) {
			const row = this.draft.truth(key);
			if (row?._scope === scope && which(row)) this.draft.settle(key, null);
		}
	}
}

/** Every record that the scope holds, or may hold by an image. */
async function keysOfScope({ local }: Draft, scope: Scope): Promise<Key[]> {
	const keys: Key[] = [];
	for (const kind of local.kinds) {
		const ids = await local.table<Stored, string>(kind).where('_scope').equals(scope).primaryKeys();
		keys.push(...ids.map((id) => keyOf(kind, id)));
	}
	const images = await local.images.where('row._scope').equals(scope).primaryKeys();
	return [...new Set([...keys, ...images.map(([kind, id]) => keyOf(kind, id))])];
}

function newCursor(scope: Scope): Cursor {
	return { scope, revision: 0, epoch: 0, more: false, filling: false, sweep: false };
}

function begunAnew(cursor: Cursor): Cursor {
	const { scope, epoch } = cursor;
	return { scope, revision: 0, epoch: epoch + 1, more: true, filling: true, sweep: true };
}

function tombstoneOf(scope: Scope, { kind, id, v }: FeedRow): Tombstone {
	return { kind, id, v, scope };
}

function stored(scope: Scope, { id, v }: FeedRow, data: object, epoch: number): Stored {
	return { ...data, id, _scope: scope, _v: v, ...(epoch > 0 && { _epoch: epoch }) };
}
