import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { newId } from '#shared/id.ts';
import { addProduct } from '#shared/products.ts';
import { startPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { median, type Figure } from './figure.ts';
import { onCore, processorTime } from './load.ts';
import type { Heard, Order } from './peers/listeners.ts';
import { startProgram } from './peers/program.ts';
import { noLimit, registerOn } from './person.ts';

const devices = 200;
/** A batch of changes, so often a second, for so many seconds. */
const load = { batch: 10, perSecond: 10, seconds: 3 };
const expected = devices * load.batch * load.perSecond * load.seconds;

export const figure: Figure = {
	id: 'feeds.fan-out',
	words:
		'Server time for one delivery of a change to 200 devices, the push of the change included.',
	unit: 'µs',
	peer: 'bare ws broadcast loop',
	goal: { atMost: 0.8 },
	open: async () => {
		const postgres = await startPostgres();
		const server = await startServer({
			databaseUrl: await postgres.create(),
			through: onCore(0),
			env: noLimit
		});
		const { headers } = await registerOn(server);
		const bare = await startProgram('broadcast.ts');
		const slowest: number[] = [];
		const token = headers.authorization?.slice('Bearer '.length);
		const live = `${server.url.replace('http', 'ws')}/api/live`;
		const push = pusher(server.url, headers);
		return {
			ours: async () => {
				const order = { url: live, protocols: ['talas', `bearer.${token}`], devices };
				const { cost, heard } = await listen(order, server.pid, push);
				slowest.push(heard.p99);
				return cost;
			},
			peer: async () => {
				const url = bare.url.replace('http', 'ws');
				const mouth = new WebSocket(`${url}/say`);
				await once(mouth, 'open');
				const say = async () => {
					for (let i = 0; i < load.batch; i++) mouth.send(JSON.stringify(row()));
				};
				const { cost } = await listen({ url, protocols: [], devices }, bare.pid, say);
				mouth.terminate();
				return cost;
			},
			also: async () => [
				{
					words: 'from the push to the slowest hundredth of devices',
					value: median(slowest),
					unit: 'ms',
					goal: { atMost: 100 }
				}
			],
			close: async () => {
				await bare.close();
				await server.close();
				await postgres.close();
			}
		};
	}
};

/** Makes changes while the devices listen; answers the server's processor time a delivery. */
async function listen(order: Order, pid: number, change: () => Promise<void>) {
	const program = join(import.meta.dirname, 'peers', 'listeners.ts');
	const [command = '', ...args] = [...onCore(1), process.execPath, program, JSON.stringify(order)];
	const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	await lines.next();
	await setTimeout(300);
	const before = processorTime(pid);
	for (let n = 0; n < load.perSecond * load.seconds; n++) {
		await Promise.all([change(), setTimeout(1_000 / load.perSecond)]);
	}
	await setTimeout(500);
	const cost = (processorTime(pid) - before) / expected;
	child.stdin.end();
	const heard = JSON.parse((await lines.next()).value as string) as Heard;
	if (heard.deliveries !== expected) {
		throw new Error(`${heard.deliveries} of ${expected} deliveries arrived.`);
	}
	return { cost, heard };
}

/** A device that pushes batches, numbered as they must be. */
function pusher(url: string, headers: Record<string, string>) {
	const clientId = newId();
	let n = 0;
	return async () => {
		const now = new Date().toISOString();
		const seen = n;
		const mutations = Array.from({ length: load.batch }, () => {
			const { data } = row();
			return { n: ++n, id: newId(), name: addProduct.name, args: data, at: now };
		});
		const answer = await fetch(`${url}/api/sync/push`, {
			method: 'POST',
			headers: { ...headers, 'content-type': 'application/json' },
			body: JSON.stringify({ clientId, sentAt: now, seen, mutations })
		});
		const { lastMutation } = (await answer.json()) as { lastMutation: number };
		if (lastMutation !== n) throw new Error(`The push came to ${lastMutation} of ${n}.`);
	};
}

/** A change as a device hears of it. */
function row() {
	const id = newId();
	const made = `~${(performance.timeOrigin + performance.now()).toFixed(3)}~`;
	return { kind: 'products', id, revision: 1, v: 1, data: { id, kind: 'other', model: made } };
}
