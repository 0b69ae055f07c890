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
import { noIds, setOf } from '$ui/nothing.ts';
import { Selection } from '$ui/selection.svelte.ts';
import { undo } from '$ui/undo.svelte.ts';
import { favouriteThings } from '../library/queries.ts';
import { myProducts, productTagsInUse } from './queries.ts';
import { addressOf, linesOf, type View } from './view.ts';
import { nameOf } from './words.ts';

/** The gear of a person as they look at it, and what they do to several pieces at once. */
export class Crate {
	readonly selection = new Selection();
	readonly #products: Live<Product[] | null>;
	readonly #pending = new Live<ReadonlySet<Id>>(() => pendingIds('products'), noIds);
	readonly #starred = new Live<ReadonlySet<string>>(() => favouriteThings('products'), noIds);
	readonly #tags = new Live(productTagsInUse, [] as string[]);
	readonly #view: () => View;

	/** @param me whose gear it is */
	constructor(me: Id, view: () => View) {
		this.#view = view;
		this.#products = new Live<Product[] | null>(() => myProducts(me), null);
	}

	readonly lines = $derived.by(() => linesOf(this.all ?? [], this.view, language.current));
	/** The ids of what is shown, in its order. */
	readonly order = $derived(this.lines.flatMap((line) => (line.as === 'row' ? [line.key] : [])));

	/** Everything that is not in the trash; null until it has been read. */
	get all(): Product[] | null {
		return this.#products.current;
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
		const [first] = this.#some(ids);
		for (const id of ids) await mutate(trashProduct, { id });
		this.selection.clear();
		const words =
			ids.length === 1 && first
				? m.gear_trashed({ name: nameOf(first) })
				: m.gear_trashed_many({ count: ids.length });
		undo.say(words, () => each(ids, (id) => mutate(restoreProduct, { id })));
	}

	async tag(ids: Id[], tag: string): Promise<void> {
		const fresh = this.#some(ids).filter(({ tags }) => !tags.includes(tag));
		for (const { id } of fresh) await mutate(addProductTag, { id, tag });
		undo.say(m.bulk_tagged({ count: ids.length, tag }), () =>
			each(fresh, ({ id }) => mutate(removeProductTag, { id, tag }))
		);
	}

	async show(ids: Id[], visibility: Visibility): Promise<void> {
		const some = this.#some(ids).filter((product) => product.visibility !== visibility);
		const turn = (id: Id, from: Visibility, to: Visibility) =>
			mutate(changeProduct, { id, change: { visibility: to }, from: { visibility: from } });
		for (const product of some) await turn(product.id, product.visibility, visibility);
		undo.say(m.bulk_shown({ count: ids.length }), () =>
			each(some, (product) => turn(product.id, visibility, product.visibility))
		);
	}

	#some(ids: Id[]): Product[] {
		const wanted = setOf(ids);
		return (this.all ?? []).filter(({ id }) => wanted.has(id));
	}
}

async function each<T>(all: T[], deed: (one: T) => Promise<unknown>): Promise<void> {
	for (const one of all) await deed(one);
}
