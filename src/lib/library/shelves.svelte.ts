/** The shelves that a library has: favourites, a collection, what carries a tag. */
import { newId, type Id } from '#shared/id.ts';
import {
	addFavourite,
	addItem,
	addTag,
	removeFavourite,
	removeItem,
	removeTag
} from '#shared/library.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { pendingIds } from '$lib/sync/ledger.ts';
import { mutate } from '$lib/sync/mutate.ts';
import { noIds } from '$ui/nothing.ts';
import type { Cards } from './cards.ts';
import { favourites, itemsIn, taggingsOf } from './queries.ts';
import { Shelf } from './shelf.svelte.ts';
import { shelfViewOf } from './shelf.ts';
import { putItem } from './verbs.ts';

type Params = () => URLSearchParams;

export function favouriteShelf(cards: Cards, params: Params): Shelf {
	const view = { now: () => shelfViewOf(params(), 'added'), usual: 'added' as const };
	return new Shelf(favourites, cards, view, {
		remove: async (some) => {
			for (const { thing } of some) await mutate(removeFavourite, { thing });
			return async () => {
				for (const { thing } of some) await mutate(addFavourite, { id: newId(), thing });
			};
		}
	});
}

export function collectionShelf(collectionId: Id, cards: Cards, params: Params): Shelf {
	const view = { now: () => shelfViewOf(params(), 'hand'), usual: 'hand' as const };
	return new Shelf(() => itemsIn(collectionId), cards, view, {
		remove: async (some) => {
			for (const { thing } of some) await mutate(removeItem, { collectionId, thing });
			return async () => {
				for (const { thing, position } of some) {
					await mutate(addItem, { id: newId(), collectionId, thing, position: position ?? 'a0' });
				}
			};
		},
		place: (thing, index) => putItem({ collectionId, thing }, collectionId, index)
	});
}

export function tagShelf(tag: string, cards: Cards, params: Params): Shelf {
	const view = { now: () => shelfViewOf(params(), 'added'), usual: 'added' as const };
	return new Shelf(() => taggingsOf(tag), cards, view, {
		remove: async (some) => {
			for (const { thing } of some) await mutate(removeTag, { thing, tag });
			return async () => {
				for (const { thing } of some) await mutate(addTag, { id: newId(), thing, tag });
			};
		}
	});
}

/** Which rows of a shelf wait for the server, by what lies there. */
export class ShelfPending {
	readonly #ids: Live<ReadonlySet<Id>>;

	constructor(kind: 'favourites' | 'collectionItems' | 'taggings') {
		this.#ids = new Live<ReadonlySet<Id>>(() => pendingIds(kind), noIds);
	}

	has(id: Id | undefined): boolean {
		return id !== undefined && this.#ids.current.has(id);
	}
}
