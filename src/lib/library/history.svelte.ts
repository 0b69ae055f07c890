import { mutate } from '$lib/sync/mutate.ts';
import { restoreVersion, type Version } from '#shared/library.ts';
import type { Id } from '#shared/id.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { Asked } from '$ui/asked.svelte.ts';
import { mapOf } from '$ui/nothing.ts';
import { undo } from '$ui/undo.svelte.ts';
import { historyOf } from './queries.ts';

type Told = { items: Version[]; nextCursor: string | null; names: ReadonlyMap<string, string> };

/** What happened to a collection, asked of the server, with the names of what it is about. */
export class History {
	readonly asked: Asked<Told>;
	readonly #id: Id;
	readonly #namesOf: (things: string[]) => Promise<Map<string, string>>;

	constructor(id: Id, namesOf: (things: string[]) => Promise<Map<string, string>>) {
		this.#id = id;
		this.#namesOf = namesOf;
		this.asked = new Asked(() => this.#page(null));
	}

	async more(cursor: string): Promise<void> {
		const next = await this.#page(cursor);
		this.asked.replace((told) => ({
			...next,
			items: [...told.items, ...next.items],
			names: mapOf([...told.names, ...next.names])
		}));
	}

	async restore({ id }: Version): Promise<void> {
		await mutate(restoreVersion, { collectionId: this.#id, versionId: id });
		undo.say(m.history_restored_said());
	}

	async #page(cursor: string | null): Promise<Told> {
		const page = await historyOf(this.#id, cursor);
		const things = page.items.flatMap(({ thing }) => thing ?? []);
		return { ...page, names: await this.#namesOf(things) };
	}
}

export function versionWords({ what, thing, name }: Version, names: ReadonlyMap<string, string>) {
	const called = { name: (thing && names.get(thing)) ?? m.something() };
	switch (what) {
		case 'added':
			return m.history_added(called);
		case 'removed':
			return m.history_removed(called);
		case 'moved':
			return m.history_moved(called);
		case 'renamed':
			return m.history_renamed({ name });
		case 'restored':
			return m.history_restored();
	}
}
