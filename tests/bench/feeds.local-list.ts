import { openPage } from './browser.ts';
import type { Figure } from './figure.ts';
import type { Times } from './page/times.ts';

const records = 50_000;

export const figure: Figure = {
	id: 'feeds.local-list',
	words: 'The slowest twentieth of windows of 50 rows, anywhere among 50,000 records here.',
	unit: 'ms',
	goal: { atMost: 16 },
	rounds: 3,
	open: async () => {
		const page = await openPage('feeds.ts');
		return {
			ours: async () => (await page.call<Times>('listing', records)).p95,
			close: page.close
		};
	}
};
