import { copyEmbedded } from '../support/embedded.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { median, type Figure } from './figure.ts';
import { load, memory, onCore, type Loaded } from './load.ts';
import { startProgram } from './peers/program.ts';
import { noLimit, registerOn } from './person.ts';

export const figure: Figure = {
	id: 'pglite.latency',
	words: 'The slowest hundredth of reads on the embedded database, at 64 connections.',
	unit: 'ms',
	peer: 'the median of the same reads',
	goal: { atMost: 3 },
	open: async () => {
		const server = await startServer({ through: onCore(0), env: noLimit });
		const { headers } = await registerOn(server);
		const read = (connections: number) =>
			load({ url: `${server.url}/api/me`, headers, connections, seconds: 4 });
		const sameRun = shared(() => read(64));
		return {
			ours: async () => (await sameRun()).p99,
			peer: async () => (await sameRun()).p50,
			also: async () => {
				const many = await read(256);
				const footprint = memory(server.pid) / (await bareMemory());
				return [
					{
						words: 'timed out or refused at 256 connections',
						value: many.timedOut + many.errors,
						unit: 'reads',
						goal: { atMost: 0 }
					},
					{
						words: 'resident memory, ours ÷ bare PGlite',
						value: footprint,
						unit: '',
						goal: { atMost: 1.15 }
					}
				];
			},
			close: () => server.close()
		};
	}
};

/** Every second call answers what the first did: both numbers are of the very same reads. */
function shared(run: () => Promise<Loaded>) {
	let waiting: Loaded | undefined;
	return async () => {
		const given = waiting ?? (await run());
		waiting = waiting ? undefined : given;
		return given;
	};
}

/** The median of three, since a garbage collection more or less counts for a tenth. */
async function bareMemory() {
	const found: number[] = [];
	for (let n = 0; n < 3; n++) {
		const folder = await temporaryFolder();
		await copyEmbedded(folder.path);
		const bare = await startProgram('pglite.ts', `${folder.path}/pg`);
		found.push(memory(bare.pid));
		await bare.close();
		await folder.close();
	}
	return median(found);
}
