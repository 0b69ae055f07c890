import type { Figure } from './figure.ts';
import { load } from './load.ts';
import { startProgram } from './peers/program.ts';

export const figure: Figure = {
	id: 'http.headers',
	words: 'A hello with a request id and every security header, at 64 connections.',
	unit: 'requests/s',
	peer: 'bare Hono',
	goal: { atLeast: 0.85 },
	rounds: 7,
	open: async () => {
		const ours = await startProgram('hello.ts', 'ours');
		const bare = await startProgram('hello.ts', 'bare');
		const speed = async (url: string) =>
			(await load({ url: `${url}/`, connections: 64, seconds: 3 })).perSecond;
		return {
			ours: () => speed(ours.url),
			peer: () => speed(bare.url),
			close: async () => {
				await ours.close();
				await bare.close();
			}
		};
	}
};
