import { goto } from '$app/navigation';
import { newId } from '#shared/id.ts';
import { addTag, removeTag } from '#shared/library.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { language } from '$lib/i18n/language.svelte.ts';
import { mutate } from '$lib/sync/mutate.ts';
import { setOf } from '$ui/nothing.ts';
import { Selection } from '$ui/selection.svelte.ts';
import { undo } from '$ui/undo.svelte.ts';
import type { Cards } from './cards.ts';
import { missing } from './missing.ts';
import { shelfAddress, shelfLines, type Lying, type Placed, type ShelfView } from './shelf.ts';

/** What can be done with a shelf besides looking at it. */
export type ShelfDeeds = {
	/** Takes things off this shelf, and answers how to undo it. */
	remove: (lying: Lying[]) => Promise<() => Promise<unknown>>;
	/** Puts a thing before the one with that index among the others. */
	place?: (thing: string, index: number) => Promise<void>;
};

/** Things of any kind on one shelf: favourites, a collection, what carries a tag. */
export class Shelf {
	readonly selection = new Selection();
	readonly deeds: ShelfDeeds;
	readonly #all: Live<Lying[] | null>;
	readonly #view: () => ShelfView;
	readonly #usual: ShelfView['sort'];

	constructor(
		placed: () => Promise<Placed[]>,
		cards: Cards,
		view: { now: () => ShelfView; usual: ShelfView['sort'] },
		deeds: ShelfDeeds
	) {
		this.deeds = deeds;
		this.#view = view.now;
		this.#usual = view.usual;
		this.#all = new Live<Lying[] | null>(async () => {
			const all = await placed();
			const found = await cards(all.map(({ thing }) => thing));
			return all.map((each) => ({ ...each, card: found.get(each.thing) ?? missing(each.thing) }));
		}, null);
	}

	readonly lines = $derived.by(() => shelfLines(this.all ?? [], this.view, language.current));
	readonly order = $derived(this.lines.flatMap((line) => (line.as === 'row' ? [line.key] : [])));
	readonly kinds = $derived([...setOf((this.all ?? []).map(({ card }) => card.kind))].sort());

	/** Everything on the shelf; null until it has been read. */
	get all() {
		return this.#all.current;
	}

	get view() {
		return this.#view();
	}

	/** Whether the rows stand as they were put, so that they can be put elsewhere. */
	get byHand() {
		const { sort, q, kind, tag, group } = this.view;
		return this.deeds.place !== undefined && sort === 'hand' && !q && !kind && !tag && !group;
	}

	look(change: Partial<ShelfView>): void {
		const address = shelfAddress({ ...this.view, ...change }, this.#usual);
		void goto(address, { replaceState: true, keepFocus: true, noScroll: true });
	}

	some(things: string[]): Lying[] {
		const wanted = setOf(things);
		return (this.all ?? []).filter(({ thing }) => wanted.has(thing));
	}

	async remove(things: string[]): Promise<void> {
		const back = await this.deeds.remove(this.some(things));
		this.selection.clear();
		undo.say(m.shelf_removed_many({ count: things.length }), back);
	}

	async tag(things: string[], tag: string): Promise<void> {
		const fresh = this.some(things).filter(({ card }) => !card.tags.includes(tag));
		for (const { thing } of fresh) await mutate(addTag, { id: newId(), thing, tag });
		undo.say(m.shelf_tagged({ count: things.length, tag }), async () => {
			for (const { thing } of fresh) await mutate(removeTag, { thing, tag });
		});
	}

	/** One place up or down, where the order is by hand. */
	async step(thing: string, by: -1 | 1): Promise<void> {
		const at = this.order.indexOf(thing);
		const goal = at + by;
		if (!this.byHand || at < 0 || goal < 0 || goal >= this.order.length) return;
		await this.deeds.place?.(thing, goal);
	}

	/** Right before or after another one, where the order is by hand. */
	async put(thing: string, onto: string, after: boolean): Promise<void> {
		const others = this.order.filter((each) => each !== thing);
		if (!this.byHand || thing === onto) return;
		await this.deeds.place?.(thing, others.indexOf(onto) + (after ? 1 : 0));
	}
}
