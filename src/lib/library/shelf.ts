/** How somebody looks at a list of things of any kind. Lives in the URL. */
import type { Card } from './cards.ts';

export const sorts = ['hand', 'added', 'name'] as const;

export type ShelfView = {
	q: string;
	kind: string;
	tag: string;
	sort: (typeof sorts)[number];
	group: boolean;
};

/** A thing on a shelf: why it is there, and since when. */
export type Placed = { id: string; thing: string; addedAt: string; position?: string };
export type Lying = Placed & { card: Card };

export type ShelfLine =
	| { as: 'group'; key: string; name: string; count: number }
	| { as: 'row'; key: string; lying: Lying };

export function shelfViewOf(params: URLSearchParams, usual: ShelfView['sort']): ShelfView {
	return {
		q: params.get('q') ?? '',
		kind: params.get('kind') ?? '',
		tag: params.get('tag') ?? '',
		sort: sorts.find((sort) => sort === params.get('sort')) ?? usual,
		group: params.get('group') === 'kind'
	};
}

export function shelfAddress(
	{ q, kind, tag, sort, group }: ShelfView,
	usual: ShelfView['sort']
): string {
	const all = { q, kind, tag, sort: sort === usual ? '' : sort, group: group ? 'kind' : '' };
	const params = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''));
	return `?${params.toString()}`;
}

export function shelfLines(all: Lying[], view: ShelfView, language: string): ShelfLine[] {
	const collator = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
	const words = plain(view.q).split(/\s+/).filter(Boolean);
	const found = all.filter(
		({ card }) =>
			(!view.kind || card.kind === view.kind) &&
			(!view.tag || card.tags.includes(view.tag)) &&
			words.every((word) => plain([card.name, card.about, ...card.tags].join(' ')).includes(word))
	);
	const sorted =
		view.sort === 'hand'
			? found
			: found.toSorted((a, b) =>
					view.sort === 'name'
						? collator.compare(a.card.name, b.card.name)
						: Number(a.addedAt < b.addedAt) - Number(a.addedAt > b.addedAt)
				);
	const row = (lying: Lying): ShelfLine => ({ as: 'row', key: lying.thing, lying });
	if (!view.group) return sorted.map(row);
	return [...Map.groupBy(sorted, ({ card }) => card.kind)]
		.sort(([a], [b]) => collator.compare(a, b))
		.flatMap(([name, some]): ShelfLine[] => [
			{ as: 'group', key: `group ${name}`, name, count: some.length },
			...some.map(row)
		]);
}

function plain(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
