import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeCodes } from '#shared/feed.ts';
import { newId } from '#shared/id.ts';
import type { Frame } from './pull.ts';
import { LiveSocket } from './socket.ts';
import type { Socket } from './world.ts';

class FakeSocket {
	sent: unknown[] = [];
	closed = false;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;

	send(data: string) {
		this.sent.push(JSON.parse(data));
	}
	close() {
		this.closed = true;
		this.drop(1000);
	}
	drop(code: number) {
		this.onclose?.({ code });
	}
	say(message: unknown) {
		this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
	}
}

let sockets: FakeSocket[];
let tokens: string[];
let token: string;
let refused: (string | undefined)[];
let heard: Frame[];
let pulls: number;
let end: AbortController;
let live: LiveSocket;

beforeEach(async () => {
	vi.useFakeTimers();
	[sockets, tokens, refused, heard, pulls, token] = [[], [], [], [], 0, 'one'];
	end = new AbortController();
	const world = {
		token: async (last?: string) => {
			refused.push(last);
			return token;
		},
		socket: (given: string) => {
			tokens.push(given);
			const socket = new FakeSocket();
			sockets.push(socket);
			return socket as unknown as Socket;
		},
		random: () => 0.5
	};
	const listener = { hear: (frame: Frame) => void heard.push(frame), want: () => void pulls++ };
	live = new LiveSocket(world, listener);
	void live.run(end.signal);
	await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
	end.abort();
	vi.useRealTimers();
});

const last = () => sockets.at(-1) as FakeSocket;
const frame = { t: 'feed', scope: `user:${newId()}`, base: 0, revision: 1, rows: [] };

describe('the live socket', () => {
	test('pulls when it is ready or told to, and hands frames on', () => {
		last().say({ t: 'ready' });
		last().say({ t: 'pull' });
		last().say(frame);
		expect([pulls, heard]).toEqual([2, [frame]]);
	});

	test('answers a beat, and renews its token on the same socket', async () => {
		last().say({ t: 'beat' });
		await vi.advanceTimersByTimeAsync(0);
		expect(last().sent).toEqual([{ t: 'beat' }]);
		token = 'two';
		last().say({ t: 'beat' });
		await vi.advanceTimersByTimeAsync(0);
		expect(last().sent.slice(1)).toEqual([{ t: 'beat' }, { t: 'auth', token: 'two' }]);
		expect(sockets).toHaveLength(1);
	});

	test('45 seconds of silence are the end of it; then another begins', async () => {
		await vi.advanceTimersByTimeAsync(44_000);
		last().say({ t: 'beat' });
		await vi.advanceTimersByTimeAsync(44_000);
		expect(sockets).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(3_000);
		expect([sockets[0]?.closed, sockets.length]).toEqual([true, 2]);
	});

	test('pauses between attempts grow, and end when the device wakes', async () => {
		for (let i = 0; i < 6; i++) {
			last().drop(1006);
			await vi.advanceTimersByTimeAsync(2 ** i * 1_000);
		}
		expect(sockets).toHaveLength(7);
		last().drop(1006);
		await vi.advanceTimersByTimeAsync(20_000);
		expect(sockets).toHaveLength(7);
		live.wake();
		await vi.advanceTimersByTimeAsync(0);
		expect(sockets).toHaveLength(8);
	});

	test.each([closeCodes.signIn, closeCodes.expired])(
		'a token refused with %i is not sent again',
		async (code) => {
			last().drop(code);
			await vi.advanceTimersByTimeAsync(2_000);
			expect(refused).toEqual([undefined, 'one']);
		}
	);

	test.each(['{"t":"feed","sco', '[]', '{"t":"surprise"}', '{"t":"feed","rows":"none"}', ''])(
		'a message that cannot be read closes it, and nothing is taken: %s',
		async (message) => {
			last().say(message);
			expect([last().closed, heard, pulls]).toEqual([true, [], 0]);
		}
	);

	test('ends when it is told to', async () => {
		end.abort();
		await vi.advanceTimersByTimeAsync(100_000);
		expect([last().closed, sockets.length]).toEqual([true, 1]);
	});
});
