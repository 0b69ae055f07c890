import type { Id } from '#shared/id.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { mapOf } from '$ui/nothing.ts';
import { itemCounts } from './queries.ts';

/** How many things lie in each collection. */
export class FolderCounts {
	readonly #counts = new Live<ReadonlyMap<Id, number>>(itemCounts, mapOf());

	get current(): ReadonlyMap<Id, number> {
		return this.#counts.current;
	}
}
