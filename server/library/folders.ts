/**
 * The tree of one person's folders. Its rules hold whatever two devices did apart: a folder never
 * becomes its own ancestor, and one that is out never lies in one that is in the trash.
 */
import { eq, inArray } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { deepest, wouldLoop } from '#shared/library.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { inTurn } from './access.ts';
import { collections, type CollectionRow } from './tables.ts';

export const kindOfCollections = 'collections';

export class Folders {
	readonly #rows: Map<Id, CollectionRow>;
	readonly #inside: Map<Id | null, CollectionRow[]>;

	constructor(rows: CollectionRow[]) {
		this.#rows = new Map(rows.map((row) => [row.id, row]));
		this.#inside = Map.groupBy(rows, ({ parentId }) => parentId);
	}

	get count(): number {
		return this.#rows.size;
	}

	has(id: Id): boolean {
		return this.#rows.has(id);
	}

	/** The folder; what is not there, or somebody else's, does not exist. */
	must(id: Id): CollectionRow {
		const row = this.#rows.get(id);
		if (!row) throw new ProblemError('not-found');
		return row;
	}

	/** The folder itself if it is out of the trash, else the nearest one above that is. */
	nearestOut(id: Id | null): Id | null {
		let row = id === null ? undefined : this.must(id);
		while (row?.trashedAt) row = row.parentId === null ? undefined : this.#rows.get(row.parentId);
		return row?.id ?? null;
	}

	/** Whether the folder would lie in itself, or too deep. */
	loops(id: Id, parentId: Id | null): Promise<boolean> {
		return wouldLoop(id, parentId, async (above) => this.#rows.get(above)?.parentId ?? null);
	}

	/** The folder and those under it that `goes` lets through; it goes no deeper where it says no. */
	under(row: CollectionRow, goes: (row: CollectionRow) => boolean): CollectionRow[] {
		const children = (this.#inside.get(row.id) ?? []).filter(goes);
		return [row, ...children.flatMap((child) => this.under(child, goes))];
	}

	childrenOf(rows: CollectionRow[]): CollectionRow[] {
		return rows.flatMap(({ id }) => this.#inside.get(id) ?? []);
	}
}

/** All folders of a person, and the turn to change them. */
export async function foldersOf(tx: Db, accountId: Id): Promise<Folders> {
	await inTurn(tx, accountId);
	return new Folders(
		await tx.select().from(collections).where(eq(collections.accountId, accountId))
	);
}

/** Changes folders alike, and publishes them. */
export async function changeFolders(
	tx: Db,
	rows: CollectionRow[],
	change: Partial<CollectionRow>
): Promise<void> {
	if (rows.length === 0) return;
	const ids = rows.map(({ id }) => id);
	await tx.update(collections).set(change).where(inArray(collections.id, ids));
	for (const { id, accountId } of rows) publish(tx, userScope(accountId), kindOfCollections, id);
}

export const tooDeep = () =>
	new ProblemError('rejected-by-state', { detail: `Folders lie ${deepest} deep at most` });
