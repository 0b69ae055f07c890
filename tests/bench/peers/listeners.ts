/**
 * `node listeners.ts <JSON>`: many devices on one socket each, in a process of their own. Prints
 * "listening" when all are connected; at the end of its input, what they heard, as JSON.
 *
 * A message carries the time it was made between two `~`, in Unix milliseconds with a fraction.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export type Order = { url: string; protocols: string[]; devices: number };
/** Milliseconds from made to heard. */
export type Heard = { deliveries: number; p50: number; p99: number };

const order = JSON.parse(process.argv[2] ?? '') as Order;
const delays: number[] = [];
const marker = /~(\d+\.\d+)~/g;

const sockets = Array.from({ length: order.devices }, () => {
	const socket = new WebSocket(order.url, order.protocols, { skipUTF8Validation: true });
	socket.on('message', (data: Buffer) => {
		const now = performance.timeOrigin + performance.now();
		for (const [, made] of data.toString('latin1').matchAll(marker))
			delays.push(now - Number(made));
	});
	return socket;
});
await Promise.all(sockets.map((socket) => once(socket, 'open')));
console.log('listening');

process.stdin.resume();
await once(process.stdin, 'end');
for (const socket of sockets) socket.terminate();
delays.sort((a, b) => a - b);
const at = (share: number) => delays[Math.floor(share * (delays.length - 1))] ?? Number.NaN;
console.log(
	JSON.stringify({ deliveries: delays.length, p50: at(0.5), p99: at(0.99) } satisfies Heard)
);
