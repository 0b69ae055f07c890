/** Every change in the words of whoever made it. What this version does not know is named as it is. */
import { dismissConflict } from '#shared/conflicts.ts';
import * as library from '#shared/library.ts';
import type { Mutation } from '#shared/mutation.ts';
import * as products from '#shared/products.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { fieldName, nameOf } from '$lib/products/words.ts';

/** What is known of the things that a change names: `products:<id>` → its name. */
export type Names = ReadonlyMap<string, string>;

type Args = Record<string, unknown>;
type Tell = (args: Args, called: (thing: unknown) => string) => string;

const product = ({ id }: Args) => `products:${String(id)}`;
const collection = (id: unknown) => `collections:${String(id)}`;
const text = (value: unknown) => String(value ?? '');

const tellings = new Map<string, Tell>(
	(
		[
			[products.addProduct, (args) => m.words_did_add_product({ name: nameOf(args as never) })],
			[
				products.changeProduct,
				(args, called) =>
					m.words_did_change_product({ name: called(product(args)), fields: fieldsOf(args.change) })
			],
			[
				products.addProductTag,
				(a, called) => m.words_did_add_tag({ name: called(product(a)), tag: text(a.tag) })
			],
			[
				products.removeProductTag,
				(a, called) => m.words_did_remove_tag({ name: called(product(a)), tag: text(a.tag) })
			],
			[products.trashProduct, (a, called) => m.words_did_trash({ name: called(product(a)) })],
			[products.restoreProduct, (a, called) => m.words_did_restore({ name: called(product(a)) })],
			[products.deleteProduct, (a, called) => m.words_did_delete({ name: called(product(a)) })],
			[products.addRelease, (a) => m.words_did_add_release({ version: text(a.version) })],
			[products.changeRelease, () => m.words_did_change_release()],
			[products.removeRelease, () => m.words_did_remove_release()],
			[library.addFavourite, (a, called) => m.words_did_star({ name: called(a.thing) })],
			[library.removeFavourite, (a, called) => m.words_did_unstar({ name: called(a.thing) })],
			[library.addCollection, (a) => m.words_did_add_collection({ name: text(a.name) })],
			[
				library.changeCollection,
				(a) => m.words_did_rename_collection({ name: text((a.change as Args | undefined)?.name) })
			],
			[
				library.moveCollection,
				(a, called) => m.words_did_move_collection({ name: called(collection(a.id)) })
			],
			[
				library.trashCollection,
				(a, called) => m.words_did_trash({ name: called(collection(a.id)) })
			],
			[
				library.restoreCollection,
				(a, called) => m.words_did_restore({ name: called(collection(a.id)) })
			],
			[
				library.deleteCollection,
				(a, called) => m.words_did_delete({ name: called(collection(a.id)) })
			],
			[library.addItem, (a, called) => m.words_did_collect(inCollection(a, called))],
			[
				library.moveItem,
				(a, called) => m.words_did_move_item(inCollection({ ...a, collectionId: a.to }, called))
			],
			[library.removeItem, (a, called) => m.words_did_remove_item(inCollection(a, called))],
			[
				library.restoreVersion,
				(a, called) =>
					m.words_did_restore_version({ collection: called(collection(a.collectionId)) })
			],
			[
				library.addTag,
				(a, called) => m.words_did_add_tag({ name: called(a.thing), tag: text(a.tag) })
			],
			[
				library.removeTag,
				(a, called) => m.words_did_remove_tag({ name: called(a.thing), tag: text(a.tag) })
			],
			[library.addBookmark, (a, called) => m.words_did_bookmark({ name: called(a.thing) })],
			[library.changeBookmark, () => m.words_did_change_bookmark()],
			[library.removeBookmark, () => m.words_did_remove_bookmark()],
			[dismissConflict, () => m.words_did_dismiss()]
		] satisfies [Mutation, Tell][]
	).map(([{ name }, tell]): [string, Tell] => [name, tell])
);

/** What somebody did, in one line. */
export function wordsOf({ name, args }: { name: string; args: unknown }, names: Names): string {
	const called = (thing: unknown) => names.get(String(thing)) ?? m.something();
	return tellings.get(name)?.(args as Args, called) ?? m.words_did_unknown({ name });
}

/** The things that a change names, to look up what they are called. */
export function thingsOf({ args }: { args: unknown }): string[] {
	const { id, thing, collectionId, to } = (args ?? {}) as Args;
	const named = [id && product({ id }), id && collection(id), thing];
	const collections = [collectionId, to].flatMap((each) => (each ? [collection(each)] : []));
	return [...named.filter(Boolean).map(String), ...collections];
}

/** Whether this version has words for a mutation. */
export function hasWords(name: string): boolean {
	return tellings.has(name);
}

function inCollection(a: Args, called: (thing: unknown) => string) {
	return { name: called(a.thing), collection: called(collection(a.collectionId)) };
}

function fieldsOf(change: unknown): string {
	const paths = Object.entries((change ?? {}) as Args).flatMap(([name, value]) =>
		['details', 'compatibility'].includes(name)
			? Object.keys(value as Args).map((key) => `${name}.${key}`)
			: [name]
	);
	return paths.map((path) => fieldName(path).toLocaleLowerCase()).join(', ');
}
