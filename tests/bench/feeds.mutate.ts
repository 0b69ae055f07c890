import { openPage } from './browser.ts';
import type { Figure } from './figure.ts';
import type { Times } from './page/times.ts';

const records = 20_000;

export const figure: Figure = {
	id: 'feeds.mutate',
	words: 'A mutation, its twin and its place in the outbox on the disk, with 20,000 records here.',
	unit: 'ms',
	goal: { atMost: 5 },
	rounds: 3,
	open: async () => {
		const page = await openPage('feeds.ts');
		return {
			ours: async () => (await page.call<Times>('mutating', records)).p50,
			close: page.close
		};
	}
};
