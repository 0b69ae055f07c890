/** Where a bookmark is, as people say and type it. */
import type { Place } from '#shared/library.ts';
import { m } from '$lib/i18n/generated/messages.js';

export function placeWords(place: Place): string {
	switch (place.in) {
		case 'time':
			return clock(place.seconds);
		case 'pages':
			return m.bookmark_at_page({ page: place.page });
		case 'words':
			return place.text;
		case 'all':
			return m.bookmark_all();
	}
}

/** `1:02:03`, `1:30`, `0:07.5`. */
export function clock(seconds: number): string {
	const whole = Math.floor(seconds);
	const rest = Math.round((seconds - whole) * 1000);
	const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
	const two = (value: number) => String(value).padStart(2, '0');
	const time = h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
	return rest > 0 ? `${time}.${String(rest).padStart(3, '0').replace(/0+$/, '')}` : time;
}

/** Seconds from `1:02:03`, `1:30` or `90`; undefined if it is no time. */
export function secondsOf(typed: string): number | undefined {
	const parts = typed.trim().replace(',', '.').split(':');
	if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d+)?$/.test(part))) return undefined;
	return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}
