import { z } from 'zod';

/**
 * Characters that no name may carry: controls, line and paragraph separators, and the invisible
 * marks that reorder or hide text, by which one name can be made to look like another (Unicode
 * TR 36, "Trojan Source"). The joiners U+200C and U+200D stay: Persian and emoji are written with them.
 */
const forbidden =
	/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;

/** One line of text that a person may show to others: NFC, trimmed, `min` to `max` characters. */
export function lineOfText(min: number, max: number) {
	return z
		.string()
		.refine((text) => !forbidden.test(text), 'forbidden-characters')
		.transform((text) => text.normalize('NFC').trim().replace(/\s+/g, ' '))
		.pipe(z.string().min(min, 'too-short').max(max, 'too-long'));
}

/** Text of several lines: NFC, line feeds only, no blank ends, `min` to `max` characters. */
export function pageOfText(min: number, max: number) {
	return z
		.string()
		.max(max * 4, 'too-long')
		.refine((text) => !forbidden.test(text.replace(/[\t\r\n]/g, '')), 'forbidden-characters')
		.transform((text) => text.normalize('NFC').replace(/\r\n?/g, '\n').trim())
		.pipe(z.string().min(min, 'too-short').max(max, 'too-long'));
}

/** A word to find things by: one line in lower case, without the `#` that people put before it. */
export const Tag = z
	.string()
	.transform((tag) => tag.replace(/^[#\s]+/, '').toLowerCase())
	.pipe(lineOfText(1, 40));

/** An address on the web. Only http and https: other schemes run scripts or open files. */
export const WebAddress = z
	.string()
	.trim()
	.max(2_000, 'too-long')
	.regex(/^https?:\/\/[^\s]+$/i, 'invalid')
	.refine((address) => URL.canParse(address), 'invalid');
