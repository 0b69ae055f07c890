import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { startNginx } from '../support/nginx.ts';
import { startPostgres } from '../support/postgres.ts';
import { ask, etagOf, rangeRequests } from '../support/ranges.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { Figure } from './figure.ts';
import { kept, uploaderOn } from './file.ts';
import { noLimit } from './person.ts';

const requests = 20_000;
/** Over the edge of a block, and small enough to be sent thousands of times. */
const size = 300_016;

export const figure: Figure = {
	id: 'media.conformance',
	words: `Of ${requests} generated range requests, those that nginx answers otherwise.`,
	unit: 'differences',
	goal: { atMost: 0 },
	rounds: 1,
	open: async () => {
		const postgres = await startPostgres();
		const server = await startServer({ databaseUrl: await postgres.create(), env: noLimit });
		const folder = await temporaryFolder();
		const bytes = randomBytes(size);
		await writeFile(join(folder.path, 'bench.wav'), bytes);
		const nginx = await startNginx(folder.path, 'audio/wav');
		const ours = await kept(await uploaderOn(server), bytes);
		let seed = 1;
		return {
			ours: () => differences(ours, `${nginx.url}/bench.wav`, seed++),
			close: async () => {
				await nginx.close();
				await server.close();
				await folder.close();
				await postgres.close();
			}
		};
	}
};

async function differences(ours: string, theirs: string, seed: number) {
	const [mine, other] = [await etagOf(ours), await etagOf(theirs)];
	let count = 0;
	for (const asked of rangeRequests(seed, requests, size)) {
		const [here, there] = await Promise.all([ask(ours, mine, asked), ask(theirs, other, asked)]);
		if (isDeepStrictEqual(here, there)) continue;
		console.error(asked, here, there);
		count += 1;
	}
	return count;
}
