/** The moves of the real domains: few things and few words, so that people meet on them. */
import * as conflicts from '#shared/conflicts.ts';
import { newId } from '#shared/id.ts';
import * as library from '#shared/library.ts';
import * as products from '#shared/products.ts';
import type { Hand, Move } from './moves.ts';

const words = ['modular', 'drone', 'tape'];
const word = ({ draw }: Hand) => words[draw(words.length)];
const position = ({ draw }: Hand) => `a${draw(9)}`;
const thing = async (hand: Hand) => library.nameOfThing('products', await hand.some('products'));
const folder = (hand: Hand) => hand.some('collections');
const folderOrTop = async (hand: Hand) => (hand.draw(2) === 0 ? null : folder(hand));
const place = ({ draw }: Hand) => ({ in: 'time', seconds: draw(60) });
const only = (kind: string) => async (hand: Hand) => ({ id: await hand.some(kind) });

const ofProducts: Move[] = [
	{
		mutation: products.addProduct,
		args: (hand) => ({ id: newId(), kind: 'other', model: word(hand), tags: [word(hand)] })
	},
	{
		mutation: products.changeProduct,
		args: async (hand) => ({
			id: await hand.some('products'),
			change: { model: word(hand), year: 1970 + hand.draw(9) },
			from: { model: word(hand), year: null }
		})
	},
	{
		mutation: products.addProductTag,
		args: async (hand) => ({ id: await hand.some('products'), tag: word(hand) })
	},
	{
		mutation: products.removeProductTag,
		args: async (hand) => ({ id: await hand.some('products'), tag: word(hand) })
	},
	{ mutation: products.trashProduct, args: only('products') },
	{ mutation: products.restoreProduct, args: only('products') },
	{ mutation: products.deleteProduct, args: only('products') },
	{
		mutation: products.addRelease,
		args: async (hand) => ({
			id: newId(),
			productId: await hand.some('products'),
			version: `1.${hand.draw(9)}`,
			date: '2026-11-22',
			text: word(hand)
		})
	},
	{
		mutation: products.changeRelease,
		args: async (hand) => ({
			id: await hand.some('releases'),
			change: { text: word(hand) },
			from: { text: word(hand) }
		})
	},
	{ mutation: products.removeRelease, args: only('releases') },
	{ mutation: conflicts.dismissConflict, args: only('conflicts') }
];

const ofCollections: Move[] = [
	{
		mutation: library.addCollection,
		args: async (hand) => ({
			id: newId(),
			name: word(hand),
			parentId: await folderOrTop(hand),
			position: position(hand)
		})
	},
	{
		mutation: library.changeCollection,
		args: async (hand) => ({
			id: await folder(hand),
			change: { name: word(hand) },
			from: { name: word(hand) }
		})
	},
	{
		mutation: library.moveCollection,
		args: async (hand) => ({
			id: await folder(hand),
			parentId: await folderOrTop(hand),
			position: position(hand),
			from: await folderOrTop(hand)
		})
	},
	{
		mutation: library.trashCollection,
		args: async (hand) => ({ id: await folder(hand), inside: [await folder(hand)] })
	},
	{ mutation: library.restoreCollection, args: only('collections') },
	{ mutation: library.deleteCollection, args: only('collections') },
	{
		mutation: library.restoreVersion,
		args: async (hand) => ({ collectionId: await folder(hand), versionId: newId() })
	}
];

const ofItems: Move[] = [
	{
		mutation: library.addItem,
		args: async (hand) => ({
			id: newId(),
			collectionId: await folder(hand),
			thing: await thing(hand),
			position: position(hand)
		})
	},
	{
		mutation: library.moveItem,
		args: async (hand) => ({
			collectionId: await folder(hand),
			thing: await thing(hand),
			to: await folder(hand),
			position: position(hand)
		})
	},
	{
		mutation: library.removeItem,
		args: async (hand) => ({ collectionId: await folder(hand), thing: await thing(hand) })
	}
];

const ofThings: Move[] = [
	{
		mutation: library.addFavourite,
		args: async (hand) => ({ id: newId(), thing: await thing(hand) })
	},
	{ mutation: library.removeFavourite, args: async (hand) => ({ thing: await thing(hand) }) },
	{
		mutation: library.addTag,
		args: async (hand) => ({ id: newId(), thing: await thing(hand), tag: word(hand) })
	},
	{
		mutation: library.removeTag,
		args: async (hand) => ({ thing: await thing(hand), tag: word(hand) })
	},
	{
		mutation: library.addBookmark,
		args: async (hand) => ({
			id: newId(),
			thing: await thing(hand),
			place: place(hand),
			note: word(hand)
		})
	},
	{
		mutation: library.changeBookmark,
		args: async (hand) => ({
			id: await hand.some('bookmarks'),
			change: { note: word(hand) },
			from: { note: word(hand) }
		})
	},
	{ mutation: library.removeBookmark, args: only('bookmarks') }
];

export const themes: Move[][] = [
	[...ofProducts, ...ofThings],
	[...ofCollections, ...ofItems],
	[...ofCollections.slice(0, 3), ...ofItems, ...ofThings]
];
