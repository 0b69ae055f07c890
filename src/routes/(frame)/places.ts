import House from '@lucide/svelte/icons/house';
import KeyRound from '@lucide/svelte/icons/key-round';
import LibraryBig from '@lucide/svelte/icons/library-big';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Piano from '@lucide/svelte/icons/piano';
import type { Role } from '#shared/accounts.ts';
import { can } from '#shared/policy.ts';
import { m } from '$lib/i18n/generated/messages.js';

/**
 * Where one can go: only what works today, and only what this person may do. What is for a `desk`
 * stands in the menu of the account on a phone, whose bar has room for four.
 */
export function placesFor(person: { id: string; role: Role } | null) {
	const places = [
		{ href: '/', label: m.home(), icon: House, desk: false },
		{ href: '/gear', label: m.gear(), icon: Piano, desk: false },
		{ href: '/library', label: m.library(), icon: LibraryBig, desk: false },
		{ href: '/settings', label: m.settings(), icon: SlidersHorizontal, desk: false }
	];
	if (!can(person, 'see', { kind: 'members' })) return places;
	return [...places, { href: '/admin', label: m.admin(), icon: KeyRound, desk: true }];
}

export type Place = ReturnType<typeof placesFor>[number];

/** Whether `path` is this place, or somewhere inside it. */
export function isAt(place: Place, path: string): boolean {
	return place.href === '/' ? path === '/' : path.startsWith(place.href);
}
