import type { Conflict } from '#shared/conflicts.ts';
import type { Id } from '#shared/id.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { pendingIds } from '$lib/sync/ledger.ts';
import { mapOf, noIds } from '$ui/nothing.ts';
import { conflictedIds, conflictsOf } from '../conflicts/queries.ts';

/** What is to be said of records of one kind: which wait for the server, where two changes met. */
export class Marks {
	readonly #pending: Live<ReadonlySet<Id>>;
	readonly #conflicts: Live<ReadonlyMap<Id, Conflict[]>>;

	constructor(kind: string) {
		this.#pending = new Live<ReadonlySet<Id>>(() => pendingIds(kind), noIds);
		this.#conflicts = new Live<ReadonlyMap<Id, Conflict[]>>(async () => {
			const ids = [...(await conflictedIds(kind))];
			const all = await Promise.all(ids.map((id) => conflictsOf(kind, id)));
			return mapOf(ids.map((id, at) => [id, all[at] ?? []]));
		}, mapOf());
	}

	isPending(id: Id): boolean {
		return this.#pending.current.has(id);
	}

	conflicts(id: Id): Conflict[] {
		return this.#conflicts.current.get(id) ?? [];
	}
}

export class BookmarkMarks extends Marks {
	constructor() {
		super('bookmarks');
	}
}
