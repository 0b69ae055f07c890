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
