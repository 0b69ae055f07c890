/**
 * Everything that a person keeps on this device as plain files in a zip (JSON to come back from, Markdown
 * and tables to read), and back. It needs no network: what is not on the server yet goes along.
 *
 * What comes back is added; what is here stays as it is, so that the same archive may be brought twice.
 * An archive with a mistake, or of somebody else, brings nothing.
 */
import { z } from 'zod';
import type { Id } from '#shared/id.ts';
import type { ThingName } from '#shared/library.ts';
import { fieldProblems, type FieldCode } from '#shared/problem.ts';
import { bringLibrary, libraryFile, LibraryFile, libraryRecords } from './library/archive.ts';
import { libraryPages } from './library/markdown.ts';
import { collectionsOf, idsOfKind } from './library/queries.ts';
import {
	bringProducts,
	foreignProducts,
	productFiles,
	productsFile,
	ProductsFile
} from './products/archive.ts';
import { productsOf } from './products/queries.ts';

const manifestFile = 'talas.json';
const Manifest = z.object({
	talas: z.literal('archive'),
	version: z.literal(1),
	owner: z.string()
});
const longestFile = 200 * 1024 * 1024;

/** What is wrong in an archive: the file, and the path in it. */
export type ArchiveProblem = { file: string; path: string; code: FieldCode };
export type Brought = { added: number; problems: ArchiveProblem[] };

/** The archive of this account, as it is on this device now. */
export async function exportArchive(me: Id, now = new Date()): Promise<Blob> {
	const { downloadZip } = await import('client-zip');
	const library = await libraryRecords();
	const named = [...library.items, ...library.bookmarks].map(({ thing }) => thing);
	const titles = await titlesOf(named);
	const manifest = { talas: 'archive', version: 1, owner: me, madeAt: now.toISOString() };
	const files = [
		json(manifestFile, manifest),
		...(await productFiles(me)),
		json(libraryFile, library),
		...libraryPages(library, titles)
	];
	return downloadZip(files.map((file) => ({ ...file, lastModified: now }))).blob();
}

/** Brings an archive back. */
export async function importArchive(me: Id, archive: Blob): Promise<Brought> {
	const files = await filesIn(archive);
	const problems: ArchiveProblem[] = [];
	const read = <T>(name: string, schema: z.ZodType<T>): T | undefined => {
		const parsed = schema.safeParse(jsonIn(files.get(name)));
		if (parsed.success) return parsed.data;
		const wrong = fieldProblems(parsed.error.issues);
		problems.push(...wrong.map(({ path, code }) => ({ file: name, path, code })));
		return undefined;
	};
	const manifest = read(manifestFile, Manifest);
	const products = read(productsFile, ProductsFile);
	const library = read(libraryFile, LibraryFile);
	if (!manifest || !products || !library) return { added: 0, problems };
	problems.push(...(await foreign(me, manifest.owner, products)));
	if (problems.length > 0) return { added: 0, problems };
	return { added: (await bringProducts(products)) + (await bringLibrary(library)), problems };
}

async function foreign(
	me: Id,
	owner: string,
	products: z.infer<typeof ProductsFile>
): Promise<ArchiveProblem[]> {
	if (owner !== me) return [{ file: manifestFile, path: 'owner', code: 'invalid' }];
	const paths = await foreignProducts(me, products);
	return paths.map((path) => ({ file: productsFile, path, code: 'invalid' }));
}

/** Only the files that are read, and none that unpacks to more than a person could have. */
async function filesIn(archive: Blob): Promise<Map<string, string>> {
	const { strFromU8, unzipSync } = await import('fflate');
	const wanted = [manifestFile, productsFile, libraryFile];
	try {
		const files = unzipSync(new Uint8Array(await archive.arrayBuffer()), {
			filter: ({ name, originalSize }) => wanted.includes(name) && originalSize <= longestFile
		});
		return new Map(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
	} catch {
		return new Map(); // no archive at all: then each file is missing, and that is said
	}
}

function jsonIn(text: string | undefined): unknown {
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return null; // refused by the schema, as something of another type
	}
}

function json(name: string, value: unknown) {
	return { name, input: `${JSON.stringify(value, null, '\t')}\n` };
}

/** What things are called, as far as they are on this device. */
async function titlesOf(things: ThingName[]): Promise<Map<ThingName, string>> {
	const products = await productsOf(idsOfKind(things, 'products'));
	const folders = await collectionsOf(idsOfKind(things, 'collections'));
	return new Map([
		...[...products].map(([id, { maker, model }]): [string, string] => [
			`products:${id}`,
			`${maker} ${model}`.trim()
		]),
		...[...folders].map(([id, { name }]): [string, string] => [`collections:${id}`, name])
	]);
}
