import { z } from 'zod';
import { Id, Time } from './id.ts';
import { mutation } from './mutation.ts';
import { Seen } from './products.ts';
import { Tag, lineOfText, pageOfText } from './text.ts';

// Nouns

/** The name of any thing that can be starred, collected, tagged or bookmarked: `products:<id>`. */
export const ThingName = z.string().regex(/^[a-zA-Z]{1,40}:[0-9a-f-]{36}$/, 'invalid');
export type ThingName = z.infer<typeof ThingName>;

export function nameOfThing(kind: string, id: Id): ThingName {
	return `${kind}:${id}`;
}

export function thingNamed(name: ThingName): { kind: string; id: Id } {
	const [kind = '', id = ''] = name.split(':');
	return { kind, id };
}

/**
 * Where something stands among its neighbours: keys that sort as strings, with room for another key
 * between any two (fractional indexing, as described by Figma and Rocicorp). Equal keys sort by id.
 */
export const Position = z
	.string()
	.min(1)
	.max(200, 'too-long')
	.regex(/^[0-9A-Za-z]+$/, 'invalid');

export const Favourite = z.object({ id: Id, thing: ThingName, addedAt: Time });
export type Favourite = z.infer<typeof Favourite>;

/** A folder of anything, also of other folders. */
export const Collection = z.object({
	id: Id,
	name: lineOfText(1, 120),
	parentId: Id.nullable(),
	position: Position,
	createdAt: Time,
	changedAt: Time,
	trashedAt: Time.nullable(),
	trashedWith: Id.nullable().describe('The folder that it went to the trash with, maybe itself')
});
export type Collection = z.infer<typeof Collection>;

/** A thing in a collection: once in each. */
export const CollectionItem = z.object({
	id: Id,
	collectionId: Id,
	thing: ThingName,
	position: Position,
	addedAt: Time
});
export type CollectionItem = z.infer<typeof CollectionItem>;

/** One tag on one thing, for the person who put it there. */
export const Tagging = z.object({ id: Id, thing: ThingName, tag: Tag, addedAt: Time });
export type Tagging = z.infer<typeof Tagging>;

/** Where in the thing: seconds into a sound, a page, a place in words, or the whole of it. */
export const Place = z.discriminatedUnion('in', [
	z.strictObject({ in: z.literal('time'), seconds: z.number().min(0).max(1_000_000) }),
	z.strictObject({ in: z.literal('pages'), page: z.number().int().min(1).max(1_000_000) }),
	z.strictObject({ in: z.literal('words'), text: lineOfText(1, 500) }),
	z.strictObject({ in: z.literal('all') })
]);
export type Place = z.infer<typeof Place>;

export const Bookmark = z.object({
	id: Id,
	thing: ThingName,
	place: Place,
	note: pageOfText(0, 20_000),
	createdAt: Time,
	changedAt: Time
});
export type Bookmark = z.infer<typeof Bookmark>;

/** How deep folders lie in folders at most. */
export const deepest = 40;
export const mostItems = 10_000;
export const mostCollections = 5_000;

// Verbs. What is there once (a favourite, a thing in a collection, a tag on a thing) is named by what
// it is, never by its id: two devices may have made it at the same time, and one id has won.

export const addFavourite = mutation(
	'library.addFavourite',
	z.strictObject({ id: Id, thing: ThingName })
);
export const removeFavourite = mutation(
	'library.removeFavourite',
	z.strictObject({ thing: ThingName })
);

const { name, position } = Collection.shape;
const parentId = Id.nullable();

export const addCollection = mutation(
	'library.addCollection',
	z.strictObject({ id: Id, name, parentId, position })
);
export const changeCollection = mutation(
	'library.changeCollection',
	z.strictObject({ id: Id, change: z.strictObject({ name }).partial(), from: Seen })
);
/** Into another folder, or to another place in the same. `from`: the parent that the person saw. */
export const moveCollection = mutation(
	'library.moveCollection',
	z.strictObject({ id: Id, parentId, position, from: parentId })
);
/**
 * To the trash, with the folders that the person saw inside it. One that was moved in meanwhile stays,
 * one folder up.
 */
export const trashCollection = mutation(
	'library.trashCollection',
	z.strictObject({ id: Id, inside: z.array(Id).max(mostCollections) })
);
export const restoreCollection = mutation('library.restoreCollection', z.strictObject({ id: Id }));
/** Deletes for good what lies in the trash, with what went there with it. */
export const deleteCollection = mutation('library.deleteCollection', z.strictObject({ id: Id }));

export const addItem = mutation(
	'library.addItem',
	CollectionItem.pick({ id: true, collectionId: true, thing: true, position: true }).strict()
);
/** `to`: the collection that it comes to lie in, which may be the one it is in. */
export const moveItem = mutation(
	'library.moveItem',
	z.strictObject({ collectionId: Id, thing: ThingName, to: Id, position: Position })
);
export const removeItem = mutation(
	'library.removeItem',
	z.strictObject({ collectionId: Id, thing: ThingName })
);
/** Makes the collection what it was after that change. Is itself a change, so it can be undone. */
export const restoreVersion = mutation(
	'library.restoreVersion',
	z.strictObject({ collectionId: Id, versionId: Id })
);

export const addTag = mutation(
	'library.addTag',
	z.strictObject({ id: Id, thing: ThingName, tag: Tag })
);
export const removeTag = mutation(
	'library.removeTag',
	z.strictObject({ thing: ThingName, tag: Tag })
);

const mark = { place: Place, note: Bookmark.shape.note };
export const addBookmark = mutation(
	'library.addBookmark',
	z.strictObject({ id: Id, thing: ThingName, ...mark })
);
export const changeBookmark = mutation(
	'library.changeBookmark',
	z.strictObject({ id: Id, change: z.strictObject(mark).partial(), from: Seen })
);
export const removeBookmark = mutation('library.removeBookmark', z.strictObject({ id: Id }));

// History of a collection, by request

export const historyVerbs = ['added', 'removed', 'moved', 'renamed', 'restored'] as const;

/** One change of a collection, newest first in a page; also the name of what it was afterwards. */
export const Version = z.object({
	id: Id,
	at: Time,
	what: z.enum(historyVerbs),
	thing: ThingName.nullable(),
	name: z.string().describe('What the collection was called afterwards')
});
export type Version = z.infer<typeof Version>;

/** What a collection held after a change. */
export const Contents = z.object({
	name: z.string(),
	items: z.array(CollectionItem.pick({ id: true, thing: true, position: true, addedAt: true }))
});
export type Contents = z.infer<typeof Contents>;

/**
 * Whether putting a folder under `parentId` would make it its own ancestor, or lie too deep.
 * @param parentOf the parent of a folder; null at the top, undefined if there is no such folder.
 */
export function wouldLoop(
	id: Id,
	parentId: Id | null,
	parentOf: (id: Id) => Id | null | undefined
): boolean {
	let above: Id | null | undefined = parentId;
	for (let steps = 0; above !== null && above !== undefined; steps++) {
		if (above === id || steps >= deepest - 1) return true;
		above = parentOf(above);
	}
	return false;
}
