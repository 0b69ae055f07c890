import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { startPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { begin, type Uploader } from '../support/tus.ts';
import type { Figure } from './figure.ts';
import { named, uploaderOn } from './file.ts';
import { memory, onCore } from './load.ts';
import { startProgram } from './peers/program.ts';
import { noLimit } from './person.ts';

const size = 1_000_000_000;
const chunk = Buffer.alloc(250_000, 'talas');

export const figure: Figure = {
	id: 'media.upload',
	words: 'Keeping 1 GB that comes by tus: summed up, flushed and ready, also to be read.',
	unit: 's',
	peer: 'raw socket into a file, flushed',
	goal: { atMost: 2 },
	rounds: 3,
	open: async () => {
		const postgres = await startPostgres();
		const databaseUrl = await postgres.create();
		const server = await startServer({ databaseUrl, through: onCore(0), env: noLimit });
		const folder = await temporaryFolder();
		const bare = await startProgram('copy.ts', folder.path);
		const me = await uploaderOn(server);
		const before = memory(server.pid);
		return {
			ours: () => upload(me),
			peer: () => copy(Number(new URL(bare.url).port)),
			also: async () => [
				{
					words: 'memory that the server has grown by',
					value: memory(server.pid) - before,
					unit: 'MiB',
					goal: { atMost: 100 }
				}
			],
			close: async () => {
				await bare.close();
				await server.close();
				await folder.close();
				await postgres.close();
			}
		};
	}
};

let made = 0;

/** Each time other bytes, so that nothing is there already. */
function bytes() {
	const first = Buffer.from(chunk);
	first.write(String(++made));
	const rest = Array.from({ length: size / chunk.length - 1 }, () => chunk);
	return Readable.from([first, ...rest], { objectMode: true });
}

async function upload(me: Uploader) {
	const path = await begin(me, await named(me, size), size);
	const started = performance.now();
	const asking = request(new URL(path, me.url), {
		method: 'PATCH',
		headers: {
			authorization: `Bearer ${me.token}`,
			'tus-resumable': '1.0.0',
			'content-type': 'application/offset+octet-stream',
			'upload-offset': '0',
			'content-length': size
		}
	});
	const answered = once(asking, 'response');
	await pipeline(bytes(), asking);
	const [answer] = (await answered) as [{ statusCode: number; resume: () => void }];
	answer.resume();
	if (answer.statusCode !== 204) throw new Error(`The upload was answered ${answer.statusCode}.`);
	return (performance.now() - started) / 1_000;
}

async function copy(port: number) {
	const started = performance.now();
	const socket = connect(port, '127.0.0.1');
	const said = once(socket, 'data');
	bytes().pipe(socket);
	await said;
	return (performance.now() - started) / 1_000;
}
