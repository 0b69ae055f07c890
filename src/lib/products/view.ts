/** How somebody looks at their gear: what is searched, filtered, sorted and grouped. Lives in the URL. */
import { productKinds, type ProductKind } from '#shared/product-details.ts';
import { conditions, visibilities, type Product, type Visibility } from '#shared/products.ts';
import { conditionWords, kindWords, nameOf } from './words.ts';
import { m } from '$lib/i18n/generated/messages.js';

export const sorts = ['changed', 'added', 'name', 'maker', 'year'] as const;
export const groups = ['none', 'kind', 'maker', 'condition', 'tag'] as const;
type Condition = (typeof conditions)[number];

export type View = {
	q: string;
	kind: ProductKind | '';
	tag: string;
	visibility: Visibility | '';
	condition: Condition | '';
	sort: (typeof sorts)[number];
	group: (typeof groups)[number];
};

const listed = <T extends string, E>(names: readonly T[], given: string | null, else_: E): T | E =>
	names.find((name) => name === given) ?? else_;

export function viewOf(params: URLSearchParams): View {
	return {
		q: params.get('q') ?? '',
		kind: listed(productKinds, params.get('kind'), ''),
		tag: params.get('tag') ?? '',
		visibility: listed(visibilities, params.get('visibility'), ''),
		condition: listed(conditions, params.get('condition'), ''),
		sort: listed(sorts, params.get('sort'), 'changed'),
		group: listed(groups, params.get('group'), 'none')
	};
}

/** The address of a view: only what is not as usual is written down. */
export function addressOf(view: View): string {
	const usual: Partial<Record<string, string>> = { sort: 'changed', group: 'none' };
	const kept = Object.entries(view).filter(([name, value]) => value !== (usual[name] ?? ''));
	const params = new URLSearchParams(kept).toString();
	return params ? `?${params}` : '?';
}

/** How many filters are set, the search aside. */
export function filtersIn({
	kind,
	tag,
	visibility,
	condition
}: Pick<View, 'kind' | 'tag' | 'visibility' | 'condition'>): number {
	return [kind, tag, visibility, condition].filter(Boolean).length;
}

/** The whole of the gear as it comes: it can be shown by windows. */
export function isPlain({ q, sort, group, ...filters }: View): boolean {
	return !q && sort === 'changed' && group === 'none' && filtersIn({ ...filters }) === 0;
}

export type Line =
	| { as: 'group'; key: string; name: string; count: number }
	| { as: 'row'; key: string; product?: Product };

/** The lines of the list: what passes the filters, in its order, under its headings. */
export function linesOf(products: Product[], view: View, language: string): Line[] {
	const collator = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
	const found = products.filter(passes(view)).sort(orderOf(view, collator));
	const row = (product: Product): Line => ({ as: 'row', key: product.id, product });
	if (view.group === 'none') return found.map(row);
	const heads = Map.groupBy(found, (product) => headOf(view, product));
	const names = [...heads.keys()].sort((a, b) => Number(!a) - Number(!b) || collator.compare(a, b));
	return names.flatMap((name): Line[] => {
		const rows = heads.get(name) ?? [];
		const head = { key: `group ${name}`, name: name || m.group_without(), count: rows.length };
		return [{ as: 'group', ...head }, ...rows.map(row)];
	});
}

function passes({ q, kind, tag, visibility, condition }: View): (product: Product) => boolean {
	const words = plain(q).split(/\s+/).filter(Boolean);
	return (product) =>
		(!kind || product.kind === kind) &&
		(!tag || product.tags.includes(tag)) &&
		(!visibility || product.visibility === visibility) &&
		(!condition || product.condition === condition) &&
		(words.length === 0 || finds(words, product));
}

function finds(words: string[], { maker, model, version, description, tags }: Product): boolean {
	const text = plain([maker, model, version, tags.join(' '), description].join(' '));
	return words.every((word) => text.includes(word.replace(/^#/, '')));
}

/** Without accents and capitals: «Générateur» is found by «generateur». */
function plain(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function orderOf({ sort }: View, collator: Intl.Collator): (a: Product, b: Product) => number {
	const latest = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
	const byName = (a: Product, b: Product) => collator.compare(nameOf(a), nameOf(b));
	switch (sort) {
		case 'changed':
			return (a, b) => latest(a.changedAt, b.changedAt);
		case 'added':
			return (a, b) => latest(a.createdAt, b.createdAt);
		case 'name':
			return (a, b) => collator.compare(a.model, b.model);
		case 'maker':
			return (a, b) => Number(!a.maker) - Number(!b.maker) || byName(a, b);
		case 'year':
			return (a, b) => (b.year ?? -1) - (a.year ?? -1) || byName(a, b);
	}
}

function headOf({ group }: View, product: Product): string {
	switch (group) {
		case 'kind':
			return kindWords[product.kind]();
		case 'condition':
			return product.condition ? conditionWords[product.condition]() : '';
		case 'tag':
			return product.tags[0] ? `#${product.tags[0]}` : '';
		case 'maker':
			return product.maker;
		case 'none':
			return '';
	}
}
