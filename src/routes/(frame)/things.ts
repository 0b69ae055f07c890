/** Where domains meet: what a thing of any kind looks like in a list of anything. */
import Folder from '@lucide/svelte/icons/folder';
import { nameOfThing } from '#shared/library.ts';
import { m } from '$lib/i18n/generated/messages.js';
import type { Card } from '$lib/library/cards.ts';
import { collectionsOf, idsOfKind, tagsOn } from '$lib/library/queries.ts';
import { kindIcons } from '$lib/products/icons.ts';
import { productsOf } from '$lib/products/queries.ts';
import { kindWords, nameOf } from '$lib/products/words.ts';

/** The cards of things, as far as this device has them. */
export async function cardsOf(things: string[]): Promise<Map<string, Card>> {
	const [products, collections] = await Promise.all([productCards(things), folderCards(things)]);
	const cards = [...products, ...collections];
	const own = await Promise.all(cards.map(({ thing }) => tagsOn(thing)));
	return new Map(
		cards.map((card, at) => {
			const tags = [...new Set([...card.tags, ...(own[at] ?? [])])].sort();
			return [card.thing, { ...card, tags }];
		})
	);
}

/** What things are called, as far as this device has them. */
export async function namesOf(things: string[]): Promise<Map<string, string>> {
	const [products, collections] = await Promise.all([
		productsOf(idsOfKind(things, 'products')),
		collectionsOf(idsOfKind(things, 'collections'))
	]);
	return new Map([
		...[...products].map(([id, product]): [string, string] => [
			nameOfThing('products', id),
			nameOf(product)
		]),
		...[...collections].map(([id, { name }]): [string, string] => [
			nameOfThing('collections', id),
			name
		])
	]);
}

async function productCards(things: string[]): Promise<Card[]> {
	const products = await productsOf(idsOfKind(things, 'products'));
	return [...products.values()]
		.filter(({ trashedAt }) => trashedAt === null)
		.map((product) => ({
			thing: nameOfThing('products', product.id),
			name: nameOf(product),
			about: [kindWords[product.kind](), product.version, product.year].filter(Boolean).join(' · '),
			kind: kindWords[product.kind](),
			href: `/gear/${product.id}`,
			icon: kindIcons[product.kind] as Card['icon'],
			tags: product.tags
		}));
}

async function folderCards(things: string[]): Promise<Card[]> {
	const folders = await collectionsOf(idsOfKind(things, 'collections'));
	return [...folders.values()].map(({ id, name }) => ({
		thing: nameOfThing('collections', id),
		name,
		about: m.things_collections(),
		kind: m.things_collections(),
		href: `/library/${id}`,
		icon: Folder as Card['icon'],
		tags: []
	}));
}
