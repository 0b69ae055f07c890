import type { Id } from '#shared/id.ts';
import {
	thingNamed,
	type Bookmark,
	type Collection,
	type CollectionItem,
	type Contents,
	type Favourite,
	type Tagging,
	type ThingName,
	type Version
} from '#shared/library.ts';
import { api } from '../api.ts';
import { local } from '../db/local.ts';

/** The names of the things of a kind that are starred. */
export async function favouriteThings(kind: string): Promise<Set<ThingName>> {
	const [from, to] = [`${kind}:`, `${kind}:\uffff`];
	const rows = await local().favourites.where('thing').between(from, to).toArray();
	return new Set(rows.map(({ thing }) => thing));
}

/** Everything that is starred, the latest first. */
export async function favourites(): Promise<Favourite[]> {
	return (await local().favourites.toArray()).sort((a, b) => compare(b.addedAt, a.addedAt));
}

/** All folders, but what is in the trash, by their place in their parent. */
export async function collections(): Promise<Collection[]> {
	const all = await local().collections.toArray();
	return all.filter(({ trashedAt }) => trashedAt === null).sort(byPlace);
}

/** What was thrown away, last first: of folders that went together, the one they went with. */
export async function trashedCollections(): Promise<Collection[]> {
	const all = await local().collections.toArray();
	return all
		.filter(({ id, trashedAt, trashedWith }) => trashedAt !== null && trashedWith === id)
		.sort((a, b) => compare(b.trashedAt ?? '', a.trashedAt ?? ''));
}

/** Those of the folders that are here, by id. */
export async function collectionsOf(ids: Id[]): Promise<Map<Id, Collection>> {
	const found = await local().collections.bulkGet(ids);
	return new Map(found.flatMap((folder) => (folder ? [[folder.id, folder]] : [])));
}

/** What lies in a collection, in the order of its person. */
export async function itemsIn(collectionId: Id): Promise<CollectionItem[]> {
	const rows = await local()
		.collectionItems.where('[collectionId+thing]')
		.between([collectionId, ''], [collectionId, '\uffff'])
		.toArray();
	return rows.sort(byPlace);
}

/** The collections that a thing lies in. */
export async function collectionsWith(thing: ThingName): Promise<Set<Id>> {
	const rows = await local().collectionItems.where({ thing }).toArray();
	return new Set(rows.map(({ collectionId }) => collectionId));
}

/** A person's own tags on a thing. */
export async function tagsOn(thing: ThingName): Promise<string[]> {
	const [from, to] = [
		[thing, ''],
		[thing, '\uffff']
	];
	const rows = await local().taggings.where('[thing+tag]').between(from, to).toArray();
	return rows.map(({ tag }) => tag);
}

/** A person's own tags, in the order of the alphabet. */
export async function tagsInUse(): Promise<string[]> {
	return (await local().taggings.orderBy('tag').uniqueKeys()) as string[];
}

/** The bookmarks in a thing: by time, by page, then the others as they were made. */
export async function bookmarksIn(thing: ThingName): Promise<Bookmark[]> {
	const rows = await local().bookmarks.where({ thing }).toArray();
	return rows.sort((a, b) => compare(placeIn(a), placeIn(b)) || compare(a.id, b.id));
}

/** All bookmarks, the latest first. */
export async function bookmarks(): Promise<Bookmark[]> {
	return (await local().bookmarks.toArray()).sort((a, b) => compare(b.id, a.id));
}

/** Those of the things that are of a kind, by id. */
export function idsOfKind(things: ThingName[], kind: string): Id[] {
	return things.map(thingNamed).flatMap((thing) => (thing.kind === kind ? thing.id : []));
}

type History = { items: Version[]; nextCursor: string | null };

/** A page of what happened to a collection, newest first. Needs the network. */
export async function historyOf(id: Id, cursor: string | null = null): Promise<History> {
	const query = cursor === null ? {} : { cursor };
	const answer = await api.api.library.collections[':id'].history.$get({ param: { id }, query });
	return answer.json();
}

/** What a collection held after a change. Needs the network. */
export async function contentsAfter(id: Id, versionId: Id): Promise<Contents> {
	const door = api.api.library.collections[':id'].history[':versionId'];
	return (await door.$get({ param: { id, versionId } })).json();
}

type Placed = { id: Id; position: string };

/** By hand; what stands in the same place goes by id, on every device alike. */
export function byPlace(a: Placed, b: Placed): number {
	return compare(a.position, b.position) || compare(a.id, b.id);
}

function placeIn({ place }: Bookmark) {
	if (place.in === 'time') return place.seconds;
	return place.in === 'pages' ? place.page : Number.POSITIVE_INFINITY;
}

function compare<T extends string | number>(a: T, b: T) {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** What carries a tag of this person, the latest first. */
export async function taggingsOf(tag: string): Promise<Tagging[]> {
	const rows = await local().taggings.where({ tag }).toArray();
	return rows.sort((a, b) => compare(b.addedAt, a.addedAt));
}

/** A person's own tags with how many things carry each, in the order of the alphabet. */
export async function tagCounts(): Promise<{ tag: string; count: number }[]> {
	const tags = (await local().taggings.orderBy('tag').keys()) as string[];
	return [...Map.groupBy(tags, (tag) => tag)].map(([tag, all]) => ({ tag, count: all.length }));
}

/** How many things lie in each collection. */
export async function itemCounts(): Promise<Map<Id, number>> {
	const keys = await local().collectionItems.orderBy('[collectionId+thing]').keys();
	const counts = new Map<Id, number>();
	for (const [id] of keys as unknown as [Id][]) counts.set(id, (counts.get(id) ?? 0) + 1);
	return counts;
}
