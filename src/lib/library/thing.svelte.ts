import { newId, type Id } from '#shared/id.ts';
import {
	addBookmark,
	addTag,
	changeBookmark,
	removeBookmark,
	removeItem,
	removeTag,
	type Bookmark,
	type Collection,
	type Place
} from '#shared/library.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { mutate } from '$lib/sync/mutate.ts';
import { undo } from '$ui/undo.svelte.ts';
import { bookmarksIn, collectionsOf, collectionsWith, tagsInUse, tagsOn } from './queries.ts';
import { collect } from './verbs.ts';

/** What the library says about one thing: where it lies, its bookmarks, a person's own tags. */
export class ShelvedThing {
	readonly thing: string;
	readonly #collections: Live<Collection[]>;
	readonly #bookmarks: Live<Bookmark[]>;
	readonly #tags: Live<string[]>;
	readonly #known = new Live(tagsInUse, [] as string[]);

	constructor(thing: string) {
		this.thing = thing;
		this.#collections = new Live(async () => {
			const found = await collectionsOf([...(await collectionsWith(thing))]);
			return [...found.values()].filter(({ trashedAt }) => !trashedAt);
		}, [] as Collection[]);
		this.#bookmarks = new Live(() => bookmarksIn(thing), [] as Bookmark[]);
		this.#tags = new Live(() => tagsOn(thing), [] as string[]);
	}

	get collections() {
		return this.#collections.current;
	}

	get bookmarks() {
		return this.#bookmarks.current;
	}

	get tags() {
		return this.#tags.current;
	}

	get knownTags() {
		return this.#known.current;
	}

	async addTag(tag: string): Promise<void> {
		await mutate(addTag, { id: newId(), thing: this.thing, tag });
	}

	async removeTag(tag: string): Promise<void> {
		await mutate(removeTag, { thing: this.thing, tag });
	}

	async removeFrom({ id, name }: Collection, called: string): Promise<void> {
		await mutate(removeItem, { collectionId: id, thing: this.thing });
		undo.say(m.shelf_removed({ name: called, collection: name }), () => collect([this.thing], id));
	}

	async bookmark(place: Place, note: string): Promise<void> {
		await mutate(addBookmark, { id: newId(), thing: this.thing, place, note });
	}
}

export async function changeNote({ id, note: seen }: Bookmark, note: string): Promise<void> {
	await mutate(changeBookmark, { id, change: { note }, from: { note: seen } });
}

export async function dropBookmark({ id, thing, place, note }: Bookmark): Promise<void> {
	await mutate(removeBookmark, { id: id satisfies Id });
	undo.say(m.bookmark_removed(), () => mutate(addBookmark, { id: newId(), thing, place, note }));
}
