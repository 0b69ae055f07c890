import { goto } from '$app/navigation';
import { newId, type Id } from '#shared/id.ts';
import { addFavourite, nameOfThing, removeFavourite } from '#shared/library.ts';
import {
	addProductTag,
	changeProduct,
	removeProductTag,
	restoreProduct,
	trashProduct,
	type Product,
	type Visibility
} from '#shared/products.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { language } from '$lib/i18n/language.svelte.ts';
import { pendingIds } from '$lib/sync/ledger.ts';
import { mutate } from '$lib/sync/mutate.ts';
import { noIds } from '$ui/nothing.ts';
import { Selection } from '$ui/selection.svelte.ts';
import { undo } from '$ui/undo.svelte.ts';
import { favouriteThings } from '../library/queries.ts';
import { myProducts, productsOf, productTagsInUse } from './queries.ts';
import { addressOf, isPlain, linesOf, type Line, type View } from './view.ts';
import { GearWindow } from './window.svelte.ts';
import { nameOf } from './words.ts';

/** The gear of a person as they look at it, and what they do to several pieces at once. */
export class Crate {
	readonly selection = new Selection();
	readonly #products: Live<Product[] | null>;
	readonly #pending = new Live<ReadonlySet<Id>>(() => pendingIds('products'), noIds);
	readonly #starred = new Live<ReadonlySet<string>>(() => favouriteThings('products'), noIds);
	readonly #tags = new Live(productTagsInUse, [] as string[]);
	readonly #window: GearWindow;
	readonly #view: () => View;

	/** @param me whose gear it is */
	constructor(me: Id, view: () => View) {
		this.#view = view;
		this.#window = new GearWindow(me);
		this.#products = new Live<Product[] | null>(() => myProducts(me), null);
	}

	readonly lines = $derived.by((): Line[] =>
		isPlain(this.view)
			? (this.#window.ids ?? []).map((id) => ({ as: 'row', key: id }))
			: linesOf(this.#products.current ?? [], this.view, language.current)
	);
	/** The ids of what is shown, in its order. */
	readonly order = $derived(this.lines.flatMap((line) => (line.as === 'row' ? [line.key] : [])));

	/** How many there are, filters aside; null until that has been read. */
	get total(): number | null {
		return this.#window.ids?.length ?? null;
	}

	/** Whether what is to be shown has been read. */
	get here(): boolean {
		return isPlain(this.view) ? this.#window.ids !== null : this.#products.current !== null;
	}

	/** The product of a line; undefined for the moment that it takes to read it. */
	product(line: Line & { as: 'row' }): Product | undefined {
		return line.product ?? this.#window.get(line.key);
	}

	/** Says which lines are on screen. */
	show(from: number): void {
		this.#window.look(from);
	}

	get view() {
		return this.#view();
	}

	/** The tags in use, those used most first. */
	get tags() {
		return this.#tags.current;
	}

	isPending(id: Id): boolean {
		return this.#pending.current.has(id);
	}

	isStarred(id: Id): boolean {
		return this.#starred.current.has(nameOfThing('products', id));
	}

	look(change: Partial<View>): void {
		const address = addressOf({ ...this.view, ...change });
		void goto(address, { replaceState: true, keepFocus: true, noScroll: true });
	}

	clear(): void {
		this.look({ q: '', kind: '', tag: '', visibility: '', condition: '' });
	}

	async star({ id }: Product): Promise<void> {
		const thing = nameOfThing('products', id);
		if (this.isStarred(id)) await mutate(removeFavourite, { thing });
		else await mutate(addFavourite, { id: newId(), thing });
	}

	async trash(ids: Id[]): Promise<void> {
		const [first] = await this.#some(ids.slice(0, 1));
		for (const id of ids) await mutate(trashProduct, { id });
		this.selection.clear();
		const words =
			ids.length === 1 && first
				? m.gear_trashed({ name: nameOf(first) })
				: m.gear_trashed_many({ count: ids.length });
		undo.say(words, () => each(ids, (id) => mutate(restoreProduct, { id })));
	}

	async tag(ids: Id[], tag: string): Promise<void> {
		const fresh = (await this.#some(ids)).filter(({ tags }) => !tags.includes(tag));
		for (const { id } of fresh) await mutate(addProductTag, { id, tag });
		undo.say(m.bulk_tagged({ count: ids.length, tag }), () =>
			each(fresh, ({ id }) => mutate(removeProductTag, { id, tag }))
		);
	}

	async share(ids: Id[], visibility: Visibility): Promise<void> {
		const some = (await this.#some(ids)).filter((product) => product.visibility !== visibility);
		const turn = (id: Id, from: Visibility, to: Visibility) =>
			mutate(changeProduct, { id, change: { visibility: to }, from: { visibility: from } });
		for (const product of some) await turn(product.id, product.visibility, visibility);
		undo.say(m.bulk_shown({ count: ids.length }), () =>
			each(some, (product) => turn(product.id, visibility, product.visibility))
		);
	}

	async #some(ids: Id[]): Promise<Product[]> {
		return [...(await productsOf(ids)).values()];
	}
}

async function each<T>(all: T[], deed: (one: T) => Promise<unknown>): Promise<void> {
	for (const one of all) await deed(one);
}
