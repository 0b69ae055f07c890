import { SvelteSet } from 'svelte/reactivity';
import { Folders } from '#shared/folders.ts';
import type { Id } from '#shared/id.ts';
import { changeCollection, deepest, restoreCollection, type Collection } from '#shared/library.ts';
import { Live } from '$lib/db/live.svelte.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { mutate } from '$lib/sync/mutate.ts';
import { undo } from '$ui/undo.svelte.ts';
import { collections } from './queries.ts';
import { makeCollection, putCollection, throwAway } from './verbs.ts';

/** A folder as one line of the tree. */
export type Branch = {
	folder: Collection;
	level: number;
	/** Its place among its siblings, from 1, and how many they are. */
	place: number;
	siblings: number;
	inside: number;
	open: boolean;
};

/** Which folders somebody has opened, for as long as the page is. */
const opened = new SvelteSet<Id>();

/** The folders of a person: the tree as it is shown, and what moves in it. */
export class Tree {
	readonly #all = new Live<Collection[] | null>(collections, null);

	/** Folders that are not in the trash, whatever their place. */
	readonly folders = $derived(this.#all.current ?? []);
	readonly #inside = $derived(Map.groupBy(this.folders, ({ parentId }) => this.#parent(parentId)));
	/** The lines that are shown, from top to bottom. */
	readonly branches = $derived(this.#below(null, 1));

	/** Whether it has been read. */
	get here() {
		return this.#all.current !== null;
	}

	get(id: Id | null): Collection | undefined {
		return this.folders.find((folder) => folder.id === id);
	}

	/** The folders right inside one; null: the top. */
	inside(id: Id | null): Collection[] {
		return this.#inside.get(id) ?? [];
	}

	/** From the top down to this folder, itself included. */
	path(id: Id): Collection[] {
		const path: Collection[] = [];
		let folder = this.get(id);
		while (folder && path.length <= deepest && !path.includes(folder)) {
			path.unshift(folder);
			folder = this.get(folder.parentId);
		}
		return path;
	}

	name(id: Id | null): string {
		return id === null ? m.collection_top() : (this.get(id)?.name ?? m.something());
	}

	turn(id: Id, open: boolean): void {
		if (open) opened.add(id);
		else opened.delete(id);
	}

	/** Makes a folder, last in its parent, and answers its id. */
	async make(name: string, parentId: Id | null): Promise<Id> {
		const id = await makeCollection(name, parentId);
		if (parentId) this.turn(parentId, true);
		undo.say(m.collection_made({ name }));
		return id;
	}

	async rename({ id, name: seen }: Collection, name: string): Promise<void> {
		await mutate(changeCollection, { id, change: { name }, from: { name: seen } });
	}

	/** Whether a folder may lie in another. */
	fits(id: Id, parentId: Id | null): boolean {
		return id !== parentId && !new Folders(this.folders).loops(id, parentId);
	}

	/** Puts a folder into another, before one of those there, or last. */
	async move(folder: Collection, parentId: Id | null, before?: Id): Promise<void> {
		if (!this.fits(folder.id, parentId)) return undo.say(m.collection_cannot_move());
		const from = this.#parent(folder.parentId);
		const index = this.inside(from).findIndex(({ id }) => id === folder.id);
		const others = this.inside(parentId).filter(({ id }) => id !== folder.id);
		const goal = others.findIndex(({ id }) => id === before);
		await putCollection(folder, parentId, goal < 0 ? undefined : goal);
		if (parentId) this.turn(parentId, true);
		const words =
			from === parentId
				? m.collection_moved_here({ name: folder.name })
				: m.collection_moved({ name: folder.name, place: this.name(parentId) });
		undo.say(words, () => putCollection({ ...folder, parentId }, from, index));
	}

	/** One place up or down among its siblings. */
	async step(folder: Collection, by: -1 | 1): Promise<void> {
		const parentId = this.#parent(folder.parentId);
		const siblings = this.inside(parentId);
		const at = siblings.findIndex(({ id }) => id === folder.id);
		const goal = at + by;
		if (goal < 0 || goal >= siblings.length) return;
		await this.move(folder, parentId, siblings[by < 0 ? goal : goal + 1]?.id);
	}

	/** Into the sibling above it. */
	async into(folder: Collection): Promise<void> {
		const siblings = this.inside(this.#parent(folder.parentId));
		const above = siblings[siblings.findIndex(({ id }) => id === folder.id) - 1];
		if (above) await this.move(folder, above.id);
	}

	/** Out of its parent, to stand right after it. */
	async out(folder: Collection): Promise<void> {
		const parent = this.get(folder.parentId);
		if (!parent) return;
		const above = this.#parent(parent.parentId);
		const siblings = this.inside(above);
		const next = siblings[siblings.findIndex(({ id }) => id === parent.id) + 1];
		await this.move(folder, above, next?.id);
	}

	async trash(folder: Collection): Promise<void> {
		await throwAway(folder);
		undo.say(m.collection_trashed({ name: folder.name }), () =>
			mutate(restoreCollection, { id: folder.id })
		);
	}

	/** A folder whose parent is not here stands at the top. */
	#parent(id: Id | null): Id | null {
		return id !== null && this.get(id) ? id : null;
	}

	#below(parentId: Id | null, level: number): Branch[] {
		const siblings = this.inside(parentId);
		return siblings.flatMap((folder, at): Branch[] => {
			const inside = this.inside(folder.id).length;
			const open = opened.has(folder.id) && inside > 0 && level < deepest;
			const place = { level, place: at + 1, siblings: siblings.length, inside, open };
			return [{ folder, ...place }, ...(open ? this.#below(folder.id, level + 1) : [])];
		});
	}
}
