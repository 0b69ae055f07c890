import type { Conflict } from '#shared/conflicts.ts';
import { dismissConflict } from '#shared/conflicts.ts';
import { newId, type Id } from '#shared/id.ts';
import { addFavourite, nameOfThing, removeFavourite } from '#shared/library.ts';
import {
	addProductTag,
	addRelease,
	changeProduct,
	changeRelease,
	deleteProduct,
	removeProductTag,
	removeRelease,
	restoreProduct,
	trashProduct,
	type Product,
	type ProductChange,
	type Release
} from '#shared/products.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { pendingIds } from '$lib/sync/ledger.ts';
import { mutate } from '$lib/sync/mutate.ts';
import { noIds } from '$ui/nothing.ts';
import { conflictsOf } from '../conflicts/queries.ts';
import { favouriteThings } from '../library/queries.ts';
import { productOf, productTagsInUse, releasesOf } from './queries.ts';

/** One product on screen, and what can be done to it: each field by a change of its own. */
export class OneProduct {
	readonly id: Id;
	readonly #product: Live<Product | null | undefined>;
	readonly #releases: Live<Release[]>;
	readonly #conflicts: Live<Conflict[]>;
	readonly #pending = new Live<ReadonlySet<Id>>(() => pendingIds('products'), noIds);
	readonly #starred = new Live<ReadonlySet<string>>(() => favouriteThings('products'), noIds);
	readonly #tags = new Live(productTagsInUse, [] as string[]);

	constructor(id: Id) {
		this.id = id;
		this.#product = new Live<Product | null | undefined>(
			async () => (await productOf(id)) ?? null,
			undefined
		);
		this.#releases = new Live(() => releasesOf(id), [] as Release[]);
		this.#conflicts = new Live(() => conflictsOf('products', id), [] as Conflict[]);
	}

	/** The product; null if there is none here, undefined until that is known. */
	get product() {
		return this.#product.current;
	}

	/** Its changelog, newest first. */
	get releases() {
		return this.#releases.current;
	}

	get conflicts() {
		return this.#conflicts.current;
	}

	get pending() {
		return this.#pending.current.has(this.id);
	}

	get starred() {
		return this.#starred.current.has(this.thing);
	}

	get knownTags() {
		return this.#tags.current;
	}

	get thing() {
		return nameOfThing('products', this.id);
	}

	/** A field by its path; null where it is not set. */
	value(path: string): unknown {
		const [name = '', key] = path.split('.');
		const value = (this.product as Record<string, unknown> | null | undefined)?.[name];
		return (key ? (value as Record<string, unknown> | undefined)?.[key] : value) ?? null;
	}

	conflict(path: string): Conflict | undefined {
		return this.conflicts.find(({ field }) => field === path);
	}

	/** Changes one field, and tells what was seen there before. */
	async save(path: string, value: unknown): Promise<void> {
		const change = nested(path, value) as ProductChange;
		await mutate(changeProduct, { id: this.id, change, from: nested(path, this.value(path)) });
	}

	/** Puts back what was lost, and settles the conflict. */
	async take(conflict: Conflict): Promise<void> {
		await this.save(conflict.field, conflict.lost);
		await this.dismiss(conflict);
	}

	async dismiss({ id }: Conflict): Promise<void> {
		await mutate(dismissConflict, { id });
	}

	async star(): Promise<void> {
		if (this.starred) await mutate(removeFavourite, { thing: this.thing });
		else await mutate(addFavourite, { id: newId(), thing: this.thing });
	}

	async addTag(tag: string): Promise<void> {
		await mutate(addProductTag, { id: this.id, tag });
	}

	async removeTag(tag: string): Promise<void> {
		await mutate(removeProductTag, { id: this.id, tag });
	}

	async addRelease({ version, date, text }: Pick<Release, 'version' | 'date' | 'text'>) {
		await mutate(addRelease, { id: newId(), productId: this.id, version, date, text });
	}

	async changeRelease({ id, text }: Release, change: { text: string }): Promise<void> {
		await mutate(changeRelease, { id, change, from: { text } });
	}

	async removeRelease({ id }: Release): Promise<void> {
		await mutate(removeRelease, { id });
	}

	async trash(): Promise<void> {
		await mutate(trashProduct, { id: this.id });
	}

	async restore(): Promise<void> {
		await mutate(restoreProduct, { id: this.id });
	}

	async delete(): Promise<void> {
		await mutate(deleteProduct, { id: this.id });
	}
}

function nested(path: string, value: unknown): Record<string, unknown> {
	const [name = '', key] = path.split('.');
	return { [name]: key ? { [key]: value } : value };
}
