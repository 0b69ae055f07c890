import { startPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { openPage } from './browser.ts';
import { median, type Figure } from './figure.ts';
import { noLimit, registerOn } from './person.ts';

const changes = 1_000;

export const figure: Figure = {
	id: 'feeds.drain',
	words: 'A thousand changes that wait go from Chromium to Postgres, each its own transaction.',
	unit: 's',
	goal: { atMost: 3 },
	rounds: 3,
	open: async () => {
		const postgres = await startPostgres();
		const grown = await startDrain(await postgres.create());
		const embedded = await startDrain();
		const small: number[] = [];
		return {
			ours: async () => {
				small.push(await embedded.drain());
				return grown.drain();
			},
			also: async () => [
				{
					words: 'the same to the embedded database',
					value: median(small),
					unit: 's',
					goal: { atMost: 6 }
				}
			],
			close: async () => {
				await grown.close();
				await embedded.close();
				await postgres.close();
			}
		};
	}
};

async function startDrain(databaseUrl?: string) {
	const server = await startServer({ ...(databaseUrl && { databaseUrl }), env: noLimit });
	const { id, headers } = await registerOn(server);
	const token = headers.authorization?.slice('Bearer '.length) ?? '';
	const page = await openPage('feeds.ts', server.url);
	return {
		drain: async () => (await page.call<number>('drain', changes, id, token)) / 1_000,
		close: async () => {
			await page.close();
			await server.close();
		}
	};
}
