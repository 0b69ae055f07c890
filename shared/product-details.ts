/** The kinds of products and what each has of its own. */
import { z } from 'zod';
import { lineOfText } from './text.ts';

export const productKinds = [
	'hardware',
	'module',
	'plug-in',
	'preset-pack',
	'sample-pack',
	'instrument',
	'document',
	'other'
] as const;
export const ProductKind = z.enum(productKinds);
export type ProductKind = z.infer<typeof ProductKind>;

export const systems = ['windows', 'macos', 'linux', 'ios', 'android'] as const;
export const pluginFormats = [
	'vst2',
	'vst3',
	'au',
	'auv3',
	'clap',
	'lv2',
	'aax',
	'standalone'
] as const;
export const moduleFormats = [
	'eurorack',
	'1u-tile',
	'1u-pulp-logic',
	'500-series',
	'5u-moog',
	'buchla',
	'serge',
	'frac',
	'other'
] as const;
export const pluginTypes = ['instrument', 'effect', 'midi', 'utility'] as const;
export const documentTypes = ['manual', 'score', 'patch-sheet', 'article', 'other'] as const;

/** Some of the names, each once, in the order in which they are listed. */
export function someOf<const Names extends readonly [string, ...string[]]>(names: Names) {
	type Name = Names[number];
	const inOrder = (given: string[]): Name[] => names.filter((name) => given.includes(name));
	return z.array(z.enum(names)).transform(inOrder);
}
const millimetres = z.number().min(0).max(10_000);
const milliamperes = z.number().min(0).max(100_000);
const count = z.number().int().min(0).max(10_000_000);

/** Every field that some kind of product has; a field means the same in each. */
const anyDetails = {
	widthMm: millimetres,
	heightMm: millimetres,
	depthMm: millimetres,
	weightG: z.number().min(0).max(10_000_000),
	power: lineOfText(0, 100).describe('Its power supply, for example `12 V DC, 1 A`'),
	format: z.enum(moduleFormats),
	hp: z.number().min(0).max(1_000).describe('Width in units of 5.08 mm'),
	plus12: milliamperes.describe('Current from the +12 V rail, in mA'),
	minus12: milliamperes.describe('Current from the −12 V rail, in mA'),
	plus5: milliamperes.describe('Current from the +5 V rail, in mA'),
	type: z.enum(pluginTypes),
	formats: someOf(pluginFormats),
	os: someOf(systems),
	presets: count,
	samples: count,
	sampleRate: z.number().int().min(1_000).max(1_000_000).describe('Hz'),
	bitDepth: z.number().int().min(1).max(64),
	bpmFrom: z.number().min(1).max(1_000),
	bpmTo: z.number().min(1).max(1_000),
	key: lineOfText(0, 20),
	tuning: lineOfText(0, 100),
	document: z.enum(documentTypes),
	pages: count,
	language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'invalid')
};
export type DetailField = keyof typeof anyDetails;
const AnyDetails = z.strictObject(anyDetails);

/** Which fields each kind has, in the order of a form. */
export const detailsOf = {
	hardware: ['widthMm', 'heightMm', 'depthMm', 'weightG', 'power'],
	module: ['format', 'hp', 'depthMm', 'plus12', 'minus12', 'plus5'],
	'plug-in': ['type', 'formats', 'os'],
	'preset-pack': ['presets'],
	'sample-pack': ['samples', 'sampleRate', 'bitDepth', 'bpmFrom', 'bpmTo', 'key'],
	instrument: ['widthMm', 'heightMm', 'depthMm', 'weightG', 'tuning'],
	document: ['document', 'pages', 'language'],
	other: []
} as const satisfies Record<ProductKind, readonly DetailField[]>;

/**
 * What a kind has of its own. A product whose kind changes keeps the fields of the kind it was,
 * unseen: changing back brings them back.
 */
export const Details = AnyDetails.partial();
export type Details = z.infer<typeof Details>;

const nullable = Object.fromEntries(
	Object.entries(anyDetails).map(([name, field]) => [name, field.nullable()])
) as { [Name in DetailField]: z.ZodNullable<(typeof anyDetails)[Name]> };

/** Some of the fields; null takes one away. */
export const DetailsChange = z.strictObject(nullable).partial();

/** The fields of a new product that follow from its kind. */
export function detailsFor<const Kind extends ProductKind>(kind: Kind) {
	const mask = Object.fromEntries(detailsOf[kind].map((name) => [name, true]));
	const details = AnyDetails.pick(mask as Record<DetailField, true>).partial();
	return { kind: z.literal(kind), details: details.default({}) };
}
