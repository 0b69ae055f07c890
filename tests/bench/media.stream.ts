import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNginx } from '../support/nginx.ts';
import { startPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { median, type Figure } from './figure.ts';
import { kept, uploaderOn } from './file.ts';
import { load, memory, onCore } from './load.ts';
import { noLimit } from './person.ts';

const size = 10 * 1024 * 1024;
const listeners = 200;
/** What a player asks for as it goes: a quarter of a MiB, across a block's edge. */
const range = { range: 'bytes=1400000-1662143' };

export const figure: Figure = {
	id: 'media.stream',
	words: 'Ranges of 256 KiB out of a 10 MB file to 200 listeners, each signature checked.',
	unit: 'ranges/s',
	peer: 'nginx, sendfile',
	goal: { atLeast: 0.5 },
	open: async () => {
		const postgres = await startPostgres();
		const databaseUrl = await postgres.create();
		const server = await startServer({ databaseUrl, through: onCore(0), env: noLimit });
		const folder = await temporaryFolder();
		const bytes = randomBytes(size);
		await writeFile(join(folder.path, 'bench.wav'), bytes);
		const nginx = await startNginx(folder.path, 'audio/wav', onCore(0));
		const ours = await kept(await uploaderOn(server), bytes);
		const before = memory(server.pid);
		const waits = { ours: [] as number[], peer: [] as number[] };
		return {
			ours: () => play(ours, waits.ours),
			peer: () => play(`${nginx.url}/bench.wav`, waits.peer),
			also: async () => [
				{
					words: 'slowest hundredth of whole ranges, ours ÷ nginx',
					value: median(waits.ours) / median(waits.peer),
					unit: '',
					goal: { atMost: 2 }
				},
				{
					words: 'memory that the server has grown by',
					value: memory(server.pid) - before,
					unit: 'MiB',
					goal: { atMost: 100 }
				}
			],
			close: async () => {
				await nginx.close();
				await server.close();
				await folder.close();
				await postgres.close();
			}
		};
	}
};

async function play(url: string, waits: number[]) {
	const order = { url, headers: range, connections: listeners, seconds: 3 };
	const { perSecond, p99, errors } = await load(order);
	if (errors > 0) throw new Error(`${errors} answers were no success.`);
	waits.push(p99);
	return perSecond;
}
