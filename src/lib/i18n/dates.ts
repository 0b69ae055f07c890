import { language } from './language.svelte.ts';

const steps: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
	['year', 31_557_600],
	['month', 2_629_800],
	['week', 604_800],
	['day', 86_400],
	['hour', 3_600],
	['minute', 60]
];

/** How long ago, or in how long, in the language of the screen: «il y a 3 minutes». */
export function timeFromNow(time: string, now: number = Date.now()): string {
	const seconds = (Date.parse(time) - now) / 1000;
	const words = new Intl.RelativeTimeFormat(language.current, { numeric: 'auto' });
	const step = steps.find(([, length]) => Math.abs(seconds) >= length);
	return step ? words.format(Math.round(seconds / step[1]), step[0]) : words.format(0, 'second');
}

/** A day and an hour in the language of the screen: «3 mars 2026 à 18:04». */
export function dayAndTime(time: string): string {
	const words = new Intl.DateTimeFormat(language.current, {
		dateStyle: 'long',
		timeStyle: 'short'
	});
	return words.format(new Date(time));
}

/** A day in the language of the screen: «3 mars 2026». */
export function day(time: string): string {
	return new Intl.DateTimeFormat(language.current, { dateStyle: 'long' }).format(new Date(time));
}

/** A wait in the language of the screen, rounded up: «12 minutes». */
export function waitOf(seconds: number): string {
	const [unit, value] = seconds < 90 ? ['second', seconds] : ['minute', seconds / 60];
	const words = new Intl.NumberFormat(language.current, {
		style: 'unit',
		unit: unit as string,
		unitDisplay: 'long'
	});
	return words.format(Math.ceil(value as number));
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** A size on disk in the language of the screen: «4,2 Mo». */
export function sizeOf(bytes: number): string {
	const step = bytes < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3));
	const words = new Intl.NumberFormat(language.current, {
		style: 'unit',
		unit: sizes[step] ?? 'byte',
		unitDisplay: 'short',
		maximumFractionDigits: step > 1 ? 1 : 0
	});
	return words.format(bytes / 1000 ** step);
}
