import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Leader } from './leader.ts';

const names: string[] = [];

/** The tabs of one device: who works now, and when each was stopped. */
class Tab {
	working = false;
	visible = true;
	frozen = false;
	end = new AbortController();
	done: Promise<void>;
	channel: BroadcastChannel;

	constructor(name: string, locks: LockManager | undefined) {
		this.channel = new BroadcastChannel(name);
		const post = (message: unknown) => this.frozen || this.channel.postMessage(message);
		const { channel } = this;
		const world = {
			locks,
			channel: {
				postMessage: post,
				get onmessage() {
					return channel.onmessage as ((event: MessageEvent) => void) | null;
				},
				set onmessage(listener) {
					channel.onmessage = listener;
				}
			},
			visible: () => this.visible
		};
		const work = async (signal: AbortSignal) => {
			this.working = true;
			await new Promise((ended) => signal.addEventListener('abort', ended));
			this.working = false;
		};
		this.done = new Leader(name, world, work).run(this.end.signal);
	}

	async close() {
		this.end.abort();
		await this.done;
		this.channel.close();
	}
}

let name: string;
let tabs: Tab[] = [];

function open({ locks = true } = {}) {
	const tab = new Tab(name, locks ? navigator.locks : undefined);
	tabs.push(tab);
	return tab;
}

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
	name = `leader-test-${names.push('')}`;
	tabs = [];
});

afterEach(async () => {
	for (const tab of tabs) await tab.close();
	vi.useRealTimers();
});

const beats = async (seconds: number) => {
	for (let i = 0; i < seconds; i++) {
		vi.advanceTimersByTime(1_000);
		await new Promise((turn) => setTimeout(turn, 2));
	}
};

describe('the tab that speaks with the server', () => {
	test('is one, and the next when it closes', async () => {
		const [first, second] = [open(), open()];
		await vi.waitFor(() => expect([first.working, second.working]).toEqual([true, false]));
		await first.close();
		await vi.waitFor(() => expect([first.working, second.working]).toEqual([false, true]));
	});

	test('keeps its place as long as it beats', async () => {
		const [first, second] = [open(), open()];
		await vi.waitFor(() => expect(first.working).toBe(true));
		await beats(60);
		expect([first.working, second.working]).toEqual([true, false]);
	});

	test('loses it after 15 seconds of silence to one that is looked at, and stops at once', async () => {
		const [first, second] = [open(), open()];
		await vi.waitFor(() => expect(first.working).toBe(true));
		first.frozen = true;
		await beats(12);
		expect(second.working).toBe(false);
		await beats(6);
		await vi.waitFor(() => expect([first.working, second.working]).toEqual([false, true]));
		await second.close();
		first.frozen = false;
		await vi.waitFor(() => expect(first.working).toBe(true));
	});

	test('is not robbed by a tab that nobody sees', async () => {
		const [first, second] = [open(), open()];
		await vi.waitFor(() => expect(first.working).toBe(true));
		first.frozen = true;
		second.visible = false;
		await beats(40);
		expect([first.working, second.working]).toEqual([true, false]);
	});

	test('is every tab where browsers give no locks', async () => {
		const [first, second] = [open({ locks: false }), open({ locks: false })];
		await vi.waitFor(() => expect([first.working, second.working]).toEqual([true, true]));
	});
});
