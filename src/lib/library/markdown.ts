/** A library as pages that people read without Talas. */
import { Folders } from '#shared/folders.ts';
import type { Bookmark, Collection, Place, ThingName } from '#shared/library.ts';
import type { LibraryFile } from './archive.ts';
import { byPlace } from './queries.ts';

type Titles = Map<ThingName, string>;
type PlainFile = { name: string; input: string };

/** A page for each folder, in folders of the same names, and one of all bookmarks. */
export function libraryPages(library: LibraryFile, titles: Titles): PlainFile[] {
	const out = library.collections.filter(({ trashedAt }) => trashedAt === null);
	const pages = pathsOf(out).map(({ folder, path }) => ({
		name: `library/collections/${path}.md`,
		input: collectionPage(folder, library, titles)
	}));
	return [...pages, { name: 'library/bookmarks.md', input: bookmarkPage(library, titles) }];
}

function collectionPage({ id, name }: Collection, { items }: LibraryFile, titles: Titles) {
	const inside = items.filter(({ collectionId }) => collectionId === id).sort(byPlace);
	const lines = inside.map(({ thing }) => `- ${escaped(titles.get(thing) ?? thing)}`);
	return [`# ${escaped(name)}`, '', ...lines, ''].join('\n');
}

function bookmarkPage({ bookmarks }: LibraryFile, titles: Titles) {
	const parts = [...Map.groupBy(bookmarks, ({ thing }) => thing)].map(([thing, marks]) =>
		[`## ${escaped(titles.get(thing) ?? thing)}`, '', ...marks.map(bookmarkLine), ''].join('\n')
	);
	return ['# Bookmarks', '', ...parts].join('\n');
}

function bookmarkLine({ place, note }: Bookmark) {
	const said = note.replace(/\n/g, '\n  ');
	return `- ${[placeWord(place), said].filter(Boolean).join(': ')}`;
}

function placeWord(place: Place): string {
	if (place.in === 'time') return clock(place.seconds);
	if (place.in === 'pages') return `p. ${place.page}`;
	return place.in === 'words' ? escaped(place.text) : '';
}

function clock(seconds: number) {
	const minutes = Math.floor(seconds / 60);
	const rest = (seconds % 60).toFixed(1).padStart(4, '0');
	return `${minutes}:${rest}`;
}

/** Where each folder lies; two of one name in one place are told apart by a number. */
function pathsOf(all: Collection[]): { folder: Collection; path: string }[] {
	const folders = new Folders(all);
	const paths = new Map<string, string>();
	const taken = new Set<string>();
	const top = all.filter(({ parentId }) => parentId === null || !folders.get(parentId));
	const sorted = top.toSorted(byPlace).flatMap((root) => folders.under(root, () => true));
	return sorted.map((folder) => {
		const above = folder.parentId ? paths.get(folder.parentId) : undefined;
		const wanted =
			above === undefined ? fileName(folder.name) : `${above}/${fileName(folder.name)}`;
		const path = freePath(wanted, taken);
		paths.set(folder.id, path);
		taken.add(path.toLowerCase());
		return { folder, path };
	});
}

function freePath(wanted: string, taken: Set<string>): string {
	for (let n = 1; ; n++) {
		const path = n === 1 ? wanted : `${wanted} (${n})`;
		if (!taken.has(path.toLowerCase())) return path;
	}
}

/** A name that every file system takes, and that leads nowhere else. */
function fileName(name: string) {
	const safe = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').replace(/^[.\s]+|[.\s]+$/g, '');
	return safe.slice(0, 80) || '-';
}

function escaped(text: string) {
	return text.replace(/[\\`*_[\]<>#]/g, '\\$&').replace(/\n/g, ' ');
}
