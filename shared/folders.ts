import type { Id } from './id.ts';
import { wouldLoop, type Collection } from './library.ts';

/** What the tree knows of a folder: on the server a row, on the device a record. */
export type Folder<T = string | Date> = Pick<Collection, 'id' | 'parentId' | 'trashedWith'> & {
	trashedAt: T | null;
};

/**
 * The tree of one person's folders. Its rules hold whatever two devices did apart: a folder never
 * becomes its own ancestor, and one that is out never lies in one that is in the trash.
 */
export class Folders<T extends Folder> {
	readonly #rows: Map<Id, T>;
	readonly #inside: Map<Id | null, T[]>;

	constructor(rows: T[]) {
		this.#rows = new Map(rows.map((row) => [row.id, row]));
		this.#inside = new Map();
		for (const row of rows) {
			this.#inside.set(row.parentId, [...(this.#inside.get(row.parentId) ?? []), row]);
		}
	}

	get count(): number {
		return this.#rows.size;
	}

	get(id: Id): T | undefined {
		return this.#rows.get(id);
	}

	/** The folder itself if it is out of the trash, else the nearest one above that is. */
	nearestOut(id: Id | null): Id | null {
		let row = id === null ? undefined : this.#rows.get(id);
		while (row?.trashedAt) row = row.parentId === null ? undefined : this.#rows.get(row.parentId);
		return row?.id ?? null;
	}

	/** Whether the folder would lie in itself, or too deep. */
	loops(id: Id, parentId: Id | null): boolean {
		return wouldLoop(id, parentId, (above) => this.#rows.get(above)?.parentId);
	}

	/** The folder and those under it that `goes` lets through; it goes no deeper where it says no. */
	under(row: T, goes: (row: T) => boolean): T[] {
		const children = (this.#inside.get(row.id) ?? []).filter(goes);
		return [row, ...children.flatMap((child) => this.under(child, goes))];
	}

	/** What goes to the trash with a folder: of those that its person saw inside, what is still there. */
	going(row: T, seen: readonly Id[]): T[] {
		const known = new Set(seen);
		return this.under(row, (each) => !each.trashedAt && known.has(each.id));
	}

	/** The folder, and those below that went to the trash in the same deed. */
	wentTogether(row: T): T[] {
		return this.under(row, (each) => each.trashedWith === row.trashedWith);
	}

	/** Folders that lie in these and are none of them. */
	leftIn(rows: T[]): T[] {
		const ids = new Set(rows.map(({ id }) => id));
		const children = rows.flatMap(({ id }) => this.#inside.get(id) ?? []);
		return children.filter(({ id }) => !ids.has(id));
	}
}
