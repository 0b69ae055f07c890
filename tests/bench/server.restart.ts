import { startServer } from '../support/server.ts';
import type { Figure } from './figure.ts';
import { noLimit, registerOn } from './person.ts';

export const figure: Figure = {
	id: 'server.restart',
	words: 'From the start of the program to its first ready answer, on an embedded database in use.',
	unit: 's',
	goal: { atMost: 4 },
	open: async () => {
		const server = await startServer({ env: noLimit });
		await registerOn(server);
		return {
			ours: async () => {
				await server.kill();
				const from = performance.now();
				await server.start();
				return (performance.now() - from) / 1_000;
			},
			close: () => server.close()
		};
	}
};
