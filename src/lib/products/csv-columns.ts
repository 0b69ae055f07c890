import { Details, detailsOf, type DetailField } from '#shared/product-details.ts';
import type { Product } from '#shared/products.ts';

/** A product as it is read from a table, before it is checked. */
export type Row = Record<string, unknown>;

export type Column = {
	name: string;
	/** Where in a product it stands. */
	path: string;
	write: (product: Product) => string;
	read: (cell: string, row: Row) => void;
};

const texts = ['id', 'kind', 'maker', 'model', 'version'] as const;
const lists: readonly string[] = ['formats', 'os'];
const numbers = new Set<string>(
	Object.entries(Details.shape)
		.filter(([, field]) => field.unwrap().type === 'number')
		.map(([name]) => name)
);

/** The columns of a table of products, in their order. Their names are public. */
export const columns: Column[] = [
	...texts.map((name) => column(name, name, (product) => product[name])),
	column('year', 'year', ({ year }) => String(year ?? ''), asNumber),
	column('condition', 'condition', ({ condition }) => condition ?? ''),
	column('visibility', 'visibility', ({ visibility }) => visibility),
	column('tags', 'tags', ({ tags }) => joined(tags), split),
	column('description', 'description', ({ description }) => description),
	column('links', 'links', ({ links }) => links.map(linkLine).join('\n'), asLinks),
	column(
		'licence',
		'licence',
		({ licence }) => licence?.name ?? '',
		(name) => ({ name, text: '' })
	),
	{
		name: 'licenceText',
		path: 'licence.text',
		write: ({ licence }) => licence?.text ?? '',
		read: (text, row) => {
			if (text !== '') row.licence = { ...(row.licence as Row | undefined), text };
		}
	},
	grouped('plugIn', 'compatibility', 'plugIn'),
	grouped('plugInVersion', 'compatibility', 'plugInVersion'),
	grouped('systems', 'compatibility', 'os', true),
	grouped('compatibility', 'compatibility', 'text'),
	...[...new Set<DetailField>(Object.values(detailsOf).flat())].map((name) =>
		grouped(name, 'details', name, lists.includes(name))
	)
];

function column(
	name: string,
	path: string,
	write: Column['write'],
	as: (cell: string) => unknown = (cell) => cell
): Column {
	return {
		name,
		path,
		write,
		read: (cell, row) => {
			if (cell !== '') row[path] = as(cell);
		}
	};
}

/** A field inside `compatibility` or `details`. */
function grouped(
	name: string,
	group: 'compatibility' | 'details',
	key: string,
	list = false
): Column {
	const as = list
		? split
		: numbers.has(key) && group === 'details'
			? asNumber
			: (cell: string) => cell;
	return {
		name,
		path: `${group}.${key}`,
		write: (product) => {
			const hidden = group === 'details' && !has(product, key);
			const value = hidden ? undefined : (product[group] as Row)[key];
			return Array.isArray(value) ? joined(value) : String(value ?? '');
		},
		read: (cell, row) => {
			if (cell !== '') row[group] = { ...(row[group] as Row | undefined), [key]: as(cell) };
		}
	};
}

function has({ kind }: Product, key: string) {
	const names: readonly string[] = detailsOf[kind];
	return names.includes(key);
}

/** Also as it is written with a comma; what is no number stays as it is, to be refused by name. */
function asNumber(cell: string): number | string {
	const value = Number(cell.trim().replace(',', '.'));
	return Number.isFinite(value) ? value : cell;
}

/** `one; two`; a semicolon inside a word is written `\;`. */
function joined(words: string[]) {
	return words.map((word) => word.replace(/[\\;]/g, '\\$&')).join('; ');
}

function split(cell: string): string[] {
	const words = cell.match(/(?:\\.|[^\\;])+/gs) ?? [];
	return words.map((word) => word.trim().replace(/\\(.)/gs, '$1')).filter((word) => word !== '');
}

/** A link a line: its label, then its address. */
function linkLine({ label, url }: Product['links'][number]) {
	return `${label} ${url}`.trim();
}

function asLinks(cell: string) {
	const lines = cell.split(/\r?\n/).map((line) => line.trim());
	return lines.filter(Boolean).map((line) => {
		const words = line.split(' ');
		return { url: words.pop() ?? '', label: words.join(' ') };
	});
}
