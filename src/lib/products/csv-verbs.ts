import { flatten } from '#shared/conflicts.ts';
import type { Id } from '#shared/id.ts';
import { detailsOf } from '#shared/product-details.ts';
import {
	addProduct,
	addProductTag,
	changeProduct,
	productGroups,
	removeProductTag,
	type NewProduct,
	type Product,
	type ProductChange
} from '#shared/products.ts';
import { mutate } from '../sync/mutate.ts';
import { fromCsv, toCsv, type CsvProblem, type CsvRow } from './csv.ts';
import { columns } from './csv-columns.ts';
import { myProducts, productsOf } from './queries.ts';

/** What a table has brought: nothing at all if there was a mistake in it. */
export type Brought = { added: number; changed: number; problems: CsvProblem[] };

/** Everything that somebody has, as a table. */
export async function exportCsv(me: Id): Promise<Blob> {
	return new Blob(['\uFEFF', await toCsv(await myProducts(me))], {
		type: 'text/csv;charset=utf-8'
	});
}

/**
 * Brings a table in: a line with the id of a product changes that product in the columns that the
 * table has, the others are added. The ids of other people's products are refused.
 */
export async function importCsv(me: Id, text: string): Promise<Brought> {
	const table = await fromCsv(text);
	const known = await productsOf(table.rows.map(({ product }) => product.id));
	const problems = [...table.problems, ...foreign(me, table.rows, known)];
	if (problems.length > 0) return { added: 0, changed: 0, problems };
	const brought: Brought = { added: 0, changed: 0, problems };
	const paths = columns
		.filter(({ name }) => table.columns.has(name))
		.map(({ path }) => path.replace(/^licence\..*/, 'licence'));
	for (const { product } of table.rows) {
		const old = known.get(product.id);
		if (!old) await mutate(addProduct, product);
		const changed = old ? await bring(old, product, new Set(paths)) : false;
		brought.added += old ? 0 : 1;
		brought.changed += changed ? 1 : 0;
	}
	return brought;
}

function foreign(me: Id, rows: CsvRow[], known: Map<Id, Product>): CsvProblem[] {
	return rows
		.filter(({ product }) => (known.get(product.id)?.owner.id ?? me) !== me)
		.map(({ line }) => ({ line, column: 'id', code: 'invalid' }));
}

/** Changes what differs in these places. */
async function bring(old: Product, now: NewProduct, paths: Set<string>): Promise<boolean> {
	const [before, after] = [flat(old), flat(now)];
	const own = ['id', 'tags'];
	const different = [...paths].filter(
		(path) => !own.includes(path) && !isHidden(now, path) && !same(before[path], after[path])
	);
	if (different.length > 0) {
		const change = nested(different, after) as ProductChange;
		await mutate(changeProduct, { id: old.id, change, from: nested(different, before) });
	}
	const tagged = paths.has('tags') && (await bringTags(old, now.tags));
	return different.length > 0 || tagged;
}

async function bringTags({ id, tags }: Product, wanted: string[]): Promise<boolean> {
	const [gone, fresh] = [
		tags.filter((tag) => !wanted.includes(tag)),
		wanted.filter((tag) => !tags.includes(tag))
	];
	for (const tag of gone) await mutate(removeProductTag, { id, tag });
	for (const tag of fresh) await mutate(addProductTag, { id, tag });
	return gone.length + fresh.length > 0;
}

function flat(product: Product | NewProduct): Record<string, unknown> {
	return flatten(product, productGroups);
}

/** A field of another kind, which the table does not show. */
function isHidden({ kind }: NewProduct, path: string) {
	const [group, name = ''] = path.split('.');
	const shown: readonly string[] = detailsOf[kind];
	return group === 'details' && !shown.includes(name);
}

function nested(paths: string[], values: Record<string, unknown>): Record<string, unknown> {
	const fields: Record<string, unknown> = {};
	for (const path of paths) {
		const [name = '', key] = path.split('.');
		const value = values[path] ?? null;
		fields[name] = key ? { ...(fields[name] as object | undefined), [key]: value } : value;
	}
	return fields;
}

function same(a: unknown, b: unknown) {
	return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
