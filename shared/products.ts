import { z } from 'zod';
import { PersonCard } from './accounts.ts';
import { Id, Time } from './id.ts';
import { mutation } from './mutation.ts';
import {
	Details,
	DetailsChange,
	ProductKind,
	detailsFor,
	someOf,
	systems
} from './product-details.ts';
import { WebAddress, Tag, lineOfText, pageOfText } from './text.ts';

// Nouns

/** Who may see it: its owner, those it is shared with, everyone. */
export const visibilities = ['private', 'shared', 'public'] as const;
export const Visibility = z.enum(visibilities);
export type Visibility = z.infer<typeof Visibility>;

export const conditions = ['new', 'mint', 'good', 'used', 'worn', 'defective'] as const;
export const Condition = z.enum(conditions);

export const licences = [
	'all-rights-reserved',
	'cc0',
	'cc-by',
	'cc-by-sa',
	'cc-by-nc',
	'cc-by-nc-sa',
	'cc-by-nd',
	'cc-by-nc-nd',
	'custom'
] as const;

/** What others may do with it. `text` says it where the licence is `custom`. */
export const Licence = z
	.strictObject({ name: z.enum(licences), text: pageOfText(0, 5_000) })
	.refine(({ name, text }) => (name === 'custom') === (text !== ''), {
		path: ['text'],
		error: 'invalid'
	});
export type Licence = z.infer<typeof Licence>;

export const Link = z.strictObject({ label: lineOfText(0, 100), url: WebAddress });
export type Link = z.infer<typeof Link>;

/** What it works with: a plug-in and its versions, systems, and the rest in words. */
export const Compatibility = z.strictObject({
	plugIn: lineOfText(0, 150),
	plugInVersion: lineOfText(0, 60),
	os: someOf(systems),
	text: pageOfText(0, 2_000)
});
export type Compatibility = z.infer<typeof Compatibility>;

const fields = {
	maker: lineOfText(0, 100),
	model: lineOfText(1, 150),
	version: lineOfText(0, 60),
	year: z.number().int().min(1_500).max(2_200).nullable(),
	condition: Condition.nullable(),
	description: pageOfText(0, 20_000),
	links: z.array(Link).max(20),
	licence: Licence.nullable(),
	visibility: Visibility
};

/** Something that a musician has or made: gear, a module, a plug-in, a pack, a document. */
export const Product = z.object({
	id: Id,
	owner: PersonCard,
	kind: ProductKind,
	...fields,
	compatibility: Compatibility,
	details: Details,
	tags: z.array(z.string()).describe('Sorted'),
	createdAt: Time,
	changedAt: Time,
	trashedAt: Time.nullable().describe('In the trash since; it is only there for its owner')
});
export type Product = z.infer<typeof Product>;

/** An entry of the changelog. */
export const Release = z.object({
	id: Id,
	productId: Id,
	version: lineOfText(1, 60),
	date: z.iso.date(),
	text: pageOfText(0, 5_000),
	createdAt: Time
});
export type Release = z.infer<typeof Release>;

export const mostTags = 50;
export const mostReleases = 500;

// Verbs

const given = {
	id: Id,
	maker: fields.maker.default(''),
	model: fields.model,
	version: fields.version.default(''),
	year: fields.year.default(null),
	condition: fields.condition.default(null),
	description: fields.description.default(''),
	links: fields.links.default([]),
	licence: fields.licence.default(null),
	visibility: fields.visibility.default('private'),
	compatibility: z
		.strictObject({
			plugIn: Compatibility.shape.plugIn.default(''),
			plugInVersion: Compatibility.shape.plugInVersion.default(''),
			os: Compatibility.shape.os.default([]),
			text: Compatibility.shape.text.default('')
		})
		.prefault({}),
	tags: z
		.array(Tag)
		.max(mostTags)
		.transform((tags) => [...new Set(tags)].sort())
		.default([])
};

/** A product as it is added: which details it may have follows from its kind. */
export const NewProduct = z.discriminatedUnion('kind', [
	z.strictObject({ ...given, ...detailsFor('hardware') }),
	z.strictObject({ ...given, ...detailsFor('module') }),
	z.strictObject({ ...given, ...detailsFor('plug-in') }),
	z.strictObject({ ...given, ...detailsFor('preset-pack') }),
	z.strictObject({ ...given, ...detailsFor('sample-pack') }),
	z.strictObject({ ...given, ...detailsFor('instrument') }),
	z.strictObject({ ...given, ...detailsFor('document') }),
	z.strictObject({ ...given, ...detailsFor('other') })
]);
export type NewProduct = z.output<typeof NewProduct>;

/** Fields that travel and are compared one by one, inside a field. */
export const productGroups = ['details', 'compatibility'] as const;

export const ProductChange = z
	.strictObject({
		...fields,
		kind: ProductKind,
		compatibility: Compatibility.partial(),
		details: DetailsChange
	})
	.partial();
export type ProductChange = z.output<typeof ProductChange>;

/** What the person saw in the fields that they change. Only compared, never stored. */
export const Seen = z.record(z.string(), z.unknown());

export const addProduct = mutation('products.addProduct', NewProduct);
export const changeProduct = mutation(
	'products.changeProduct',
	z.strictObject({ id: Id, change: ProductChange, from: Seen })
);
export const addProductTag = mutation('products.addTag', z.strictObject({ id: Id, tag: Tag }));
export const removeProductTag = mutation(
	'products.removeTag',
	z.strictObject({ id: Id, tag: Tag })
);
export const trashProduct = mutation('products.trashProduct', z.strictObject({ id: Id }));
export const restoreProduct = mutation('products.restoreProduct', z.strictObject({ id: Id }));
/** Deletes for good what lies in the trash. */
export const deleteProduct = mutation('products.deleteProduct', z.strictObject({ id: Id }));

const release = {
	version: Release.shape.version,
	date: Release.shape.date,
	text: Release.shape.text
};
export const addRelease = mutation(
	'products.addRelease',
	z.strictObject({ id: Id, productId: Id, ...release })
);
export const changeRelease = mutation(
	'products.changeRelease',
	z.strictObject({ id: Id, change: z.strictObject(release).partial(), from: Seen })
);
export const removeRelease = mutation('products.removeRelease', z.strictObject({ id: Id }));

// Public products, by request

export const ProductWithReleases = Product.extend({ releases: z.array(Release) });
export const ProductsQuery = z.strictObject({
	kind: ProductKind.optional(),
	tag: Tag.optional(),
	owner: Id.optional()
});
