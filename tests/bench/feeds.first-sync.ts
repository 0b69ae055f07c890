import { openPage } from './browser.ts';
import { median, type Figure } from './figure.ts';

const records = 50_000;

export const figure: Figure = {
	id: 'feeds.first-sync',
	words: 'The first sync of 50,000 records, read from JSON, in Chromium.',
	unit: 'ms',
	peer: 'IndexedDB itself, the same rows and indexes',
	goal: { atMost: 1.3 },
	rounds: 3,
	open: async () => {
		const page = await openPage('feeds.ts');
		const longest: number[] = [];
		return {
			ours: async () => {
				const synced = await page.call<{ time: number; longest: number }>('firstSync', records);
				longest.push(synced.longest);
				return synced.time;
			},
			peer: () => page.call<number>('rawWrite', records),
			also: async () => [
				{
					words: 'the longest task of the page',
					value: median(longest),
					unit: 'ms',
					goal: { atMost: 50 }
				}
			],
			close: page.close
		};
	}
};
