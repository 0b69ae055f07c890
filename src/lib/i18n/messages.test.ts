import { describe, expect, test } from 'vitest';
import { fieldCodes, problemCodes } from '#shared/problem.ts';
import en from './messages/en.json';
import fr from './messages/fr.json';

const languages: Record<string, Record<string, unknown>> = { en, fr };

/** The same word in both languages, and rightly so. */
const shared = [
	'admin',
	'app_version',
	'bookmark_at_page',
	'bookmark_note',
	'collections',
	'detail_format',
	'detail_formats',
	'detail_minus12',
	'detail_pages',
	'detail_plus12',
	'detail_plus5',
	'detail_presets',
	'detail_samples',
	'document_article',
	'error_code',
	'invites',
	'kind_document',
	'kind_instrument',
	'kind_module',
	'kind_plug_in',
	'plugin_instrument',
	'plugin_midi',
	'product_description',
	'product_licence',
	'product_plugin',
	'product_tags',
	'product_version',
	'release_date',
	'release_version',
	'role_admin',
	'tags',
	'things_collections'
];

describe('the words of the app', () => {
	test('both languages have every message', () => {
		expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
	});

	test('no message is empty, and only the same words are written the same', () => {
		const alike = Object.keys(en).filter(
			(key) => textsOf(en, key).join() === textsOf(fr, key).join()
		);
		expect(alike.sort()).toEqual(shared);
		for (const messages of Object.values(languages)) {
			const empty = Object.keys(messages).filter((key) =>
				textsOf(messages, key).some((text) => text.trim() === '')
			);
			expect(empty).toEqual([]);
		}
	});

	test('both languages fill the same blanks', () => {
		const blanks = (messages: Record<string, unknown>, key: string) =>
			[
				...new Set(
					textsOf(messages, key)
						.join()
						.match(/\{\w+\}/g)
				)
			].sort();
		for (const key of Object.keys(en)) expect(blanks(fr, key), key).toEqual(blanks(en, key));
	});

	test('every problem and every refused field has words', () => {
		const needed = [
			...problemCodes.map((code) => `problem_${code.replaceAll('-', '_')}`),
			...fieldCodes.map((code) => `field_${code.replaceAll('-', '_')}`)
		];
		expect(needed.filter((key) => !(key in en))).toEqual([]);
	});

	test('apostrophes are typographic, and French signs keep their word', () => {
		const all = (messages: Record<string, unknown>) =>
			Object.keys(messages).flatMap((key) => textsOf(messages, key));
		expect([...all(en), ...all(fr)].filter((text) => text.includes("'"))).toEqual([]);
		expect(all(fr).filter((text) => / [;:!?»]|« /.test(text))).toEqual([]);
	});
});

function textsOf(messages: Record<string, unknown>, key: string): string[] {
	const message = messages[key];
	if (typeof message === 'string') return [message];
	const variants = (message as { match: Record<string, string> }[])[0]?.match ?? {};
	return Object.values(variants);
}
