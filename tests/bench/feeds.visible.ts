import { openPage } from './browser.ts';
import type { Figure } from './figure.ts';
import type { Times } from './page/times.ts';

const records = 100_000;
const queries = 20;

export const figure: Figure = {
	id: 'feeds.visible',
	words: 'From a change to the live query that shows it: the slowest twentieth, 20 others open.',
	unit: 'ms',
	peer: 'bare Dexie, 100,000 records',
	goal: { atMost: 1.2 },
	rounds: 3,
	open: async () => {
		const page = await openPage('feeds.ts');
		let bare = Number.NaN;
		return {
			ours: async () => {
				const seen = await page.call<{ ours: Times; bare: Times }>('visible', records, queries);
				bare = seen.bare.p95;
				return seen.ours.p95;
			},
			peer: async () => bare,
			close: page.close
		};
	}
};
