import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import { m } from '$lib/i18n/generated/messages.js';
import type { Card } from './cards.ts';

/** The card of a thing that this device does not have. */
export function missing(thing: string): Card {
	const words = { name: m.thing_missing(), about: m.thing_missing_about(), kind: m.things_other() };
	return { thing, ...words, href: null, icon: CircleDashed as Card['icon'], tags: [] };
}
