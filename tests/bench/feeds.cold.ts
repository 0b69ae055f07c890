import { openPage } from './browser.ts';
import { median, type Figure } from './figure.ts';

const records = 50_000;

export const figure: Figure = {
	id: 'feeds.cold',
	words: 'From opening the database of 50,000 records to its first 50 rows.',
	unit: 'ms',
	goal: { atMost: 150 },
	rounds: 3,
	open: async () => {
		const { page, call, close } = await openPage('feeds.ts');
		await call('fill', records);
		return {
			ours: async () => {
				const taken: number[] = [];
				for (let n = 0; n < 5; n++) {
					await page.reload();
					taken.push(await call<number>('opening'));
				}
				return median(taken);
			},
			close
		};
	}
};
