/** How each field of a kind is filled in. */
import {
	documentTypes,
	moduleFormats,
	pluginFormats,
	pluginTypes,
	systems,
	type DetailField
} from '#shared/product-details.ts';
import { ProblemError } from '#shared/problem.ts';
import type { optionWords } from './words.ts';

export type Input =
	| { as: 'number' | 'text' }
	| { as: 'one' | 'some'; options: readonly (keyof typeof optionWords)[] };

const number = { as: 'number' } as const;
const text = { as: 'text' } as const;

export const detailInputs: Record<DetailField, Input> = {
	widthMm: number,
	heightMm: number,
	depthMm: number,
	weightG: number,
	power: text,
	format: { as: 'one', options: moduleFormats },
	hp: number,
	plus12: number,
	minus12: number,
	plus5: number,
	type: { as: 'one', options: pluginTypes },
	formats: { as: 'some', options: pluginFormats },
	os: { as: 'some', options: systems },
	presets: number,
	samples: number,
	sampleRate: number,
	bitDepth: number,
	bpmFrom: number,
	bpmTo: number,
	key: text,
	tuning: text,
	document: { as: 'one', options: documentTypes },
	pages: number,
	language: text
};

/** A number as people type it, also with a comma; null where there is none. Throws `invalid-input`. */
export function numberTyped(typed: string): number | null {
	const trimmed = typed
		.trim()
		.replace(/[\s\u00a0\u202f]/g, '')
		.replace(',', '.');
	if (trimmed === '') return null;
	const value = Number(trimmed);
	if (Number.isFinite(value)) return value;
	const error = { path: '', code: 'wrong-type' as const, message: 'Not a number' };
	throw new ProblemError('invalid-input', { errors: [error] });
}
