/** How products, their kinds and their fields are called on screen. */
import type { Conflict } from '#shared/conflicts.ts';
import type {
	DetailField,
	ProductKind,
	documentTypes,
	moduleFormats,
	pluginFormats,
	pluginTypes,
	systems
} from '#shared/product-details.ts';
import type { Licence, Product, Visibility } from '#shared/products.ts';
import { m } from '$lib/i18n/generated/messages.js';

type Words<Name extends string> = Record<Name, () => string>;
type Condition = NonNullable<Product['condition']>;

/** Maker and model in one line: «Moog Minimoog Model D». */
export function nameOf({ maker, model }: Pick<Product, 'maker' | 'model'>): string {
	return maker ? `${maker} ${model}` : model;
}

export const kindWords: Words<ProductKind> = {
	hardware: m.kind_hardware,
	module: m.kind_module,
	'plug-in': m.kind_plug_in,
	'preset-pack': m.kind_preset_pack,
	'sample-pack': m.kind_sample_pack,
	instrument: m.kind_instrument,
	document: m.kind_document,
	other: m.kind_other
};

export const conditionWords: Words<Condition> = {
	new: m.condition_new,
	mint: m.condition_mint,
	good: m.condition_good,
	used: m.condition_used,
	worn: m.condition_worn,
	defective: m.condition_defective
};

export const visibilityWords: Words<Visibility> = {
	private: m.visibility_private,
	shared: m.visibility_shared,
	public: m.visibility_public
};

export const licenceWords: Words<Licence['name']> = {
	'all-rights-reserved': m.licence_all_rights_reserved,
	cc0: m.licence_cc0,
	'cc-by': m.licence_cc_by,
	'cc-by-sa': m.licence_cc_by_sa,
	'cc-by-nc': m.licence_cc_by_nc,
	'cc-by-nc-sa': m.licence_cc_by_nc_sa,
	'cc-by-nd': m.licence_cc_by_nd,
	'cc-by-nc-nd': m.licence_cc_by_nc_nd,
	custom: m.licence_custom
};

/** Names of systems and formats are the same in every language. */
const named =
	(name: string): (() => string) =>
	() =>
		name;

export const optionWords: Words<
	| (typeof systems)[number]
	| (typeof pluginFormats)[number]
	| (typeof moduleFormats)[number]
	| (typeof pluginTypes)[number]
	| (typeof documentTypes)[number]
> = {
	windows: named('Windows'),
	macos: named('macOS'),
	linux: named('Linux'),
	ios: named('iOS'),
	android: named('Android'),
	vst2: named('VST 2'),
	vst3: named('VST 3'),
	au: named('AU'),
	auv3: named('AUv3'),
	clap: named('CLAP'),
	lv2: named('LV2'),
	aax: named('AAX'),
	standalone: named('Standalone'),
	eurorack: named('Eurorack'),
	'1u-tile': named('1U Intellijel'),
	'1u-pulp-logic': named('1U Pulp Logic'),
	'500-series': named('500 series'),
	'5u-moog': named('5U Moog'),
	buchla: named('Buchla'),
	serge: named('Serge'),
	frac: named('Frac'),
	instrument: m.plugin_instrument,
	effect: m.plugin_effect,
	midi: m.plugin_midi,
	utility: m.plugin_utility,
	manual: m.document_manual,
	score: m.document_score,
	'patch-sheet': m.document_patch_sheet,
	article: m.document_article,
	other: m.format_other
};

export const detailWords: Words<DetailField> = {
	widthMm: m.detail_width_mm,
	heightMm: m.detail_height_mm,
	depthMm: m.detail_depth_mm,
	weightG: m.detail_weight_g,
	power: m.detail_power,
	format: m.detail_format,
	hp: m.detail_hp,
	plus12: m.detail_plus12,
	minus12: m.detail_minus12,
	plus5: m.detail_plus5,
	type: m.detail_type,
	formats: m.detail_formats,
	os: m.detail_os,
	presets: m.detail_presets,
	samples: m.detail_samples,
	sampleRate: m.detail_sample_rate,
	bitDepth: m.detail_bit_depth,
	bpmFrom: m.detail_bpm_from,
	bpmTo: m.detail_bpm_to,
	key: m.detail_key,
	tuning: m.detail_tuning,
	document: m.detail_document,
	pages: m.detail_pages,
	language: m.detail_language
};

const fieldNames: Record<string, () => string> = {
	kind: m.product_kind,
	maker: m.product_maker,
	model: m.product_model,
	version: m.product_version,
	year: m.product_year,
	condition: m.product_condition,
	description: m.product_description,
	links: m.product_links,
	licence: m.product_licence,
	visibility: m.product_visibility,
	'compatibility.plugIn': m.product_plugin,
	'compatibility.plugInVersion': m.product_plugin_version,
	'compatibility.os': m.product_os,
	'compatibility.text': m.product_compatibility_text
};

/** The name of a field by its path: `model`, `details.hp`. */
export function fieldName(path: string): string {
	const [group, key] = path.split('.');
	if (group === 'details') return (detailWords[key as DetailField] ?? (() => path))();
	return (fieldNames[path] ?? (() => path))();
}

const valueWords: Record<string, Record<string, () => string>> = {
	kind: kindWords,
	condition: conditionWords,
	visibility: visibilityWords
};

/** A value of a field as a person would read it, for what was lost in a conflict. */
export function valueWordsOf({ field }: Pick<Conflict, 'field'>, value: unknown): string {
	if (value === null || value === undefined || value === '') return m.conflict_nothing();
	if (Array.isArray(value))
		return value.map((each) => one(field, each)).join(', ') || m.conflict_nothing();
	return one(field, value);
}

function one(field: string, value: unknown): string {
	if (typeof value === 'object' && value !== null) {
		const { url, name } = value as { url?: string; name?: Licence['name'] };
		return url ?? (name && licenceWords[name]()) ?? JSON.stringify(value);
	}
	const text = String(value);
	const words = valueWords[field] ?? (field.includes('.') ? optionWords : {});
	return (words as Record<string, () => string>)[text]?.() ?? text;
}
