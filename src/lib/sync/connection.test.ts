import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection } from './connection.ts';

let answers: boolean;
let pings: number;
let visible: boolean;
let told: boolean[];

const world = {
	ping: () => {
		pings += 1;
		return Promise.resolve(answers);
	},
	visible: () => visible,
	now: () => Date.now(),
	random: () => 0.5
};

function connect(online = true) {
	return new Connection(world, online, (now) => told.push(now));
}

beforeEach(() => {
	vi.useFakeTimers();
	answers = true;
	visible = true;
	pings = 0;
	told = [];
});

afterEach(() => vi.useRealTimers());

describe('knowing whether the server is there', () => {
	test('one failed request is only a doubt: a ping decides', async () => {
		const connection = connect();
		connection.heard(false);
		await vi.advanceTimersByTimeAsync(0);
		expect([connection.online, pings, told]).toEqual([true, 1, []]);
		answers = false;
		connection.heard(false);
		await vi.advanceTimersByTimeAsync(0);
		expect([connection.online, told]).toEqual([false, [false]]);
	});

	test('many failures at once ask once', async () => {
		const connection = connect();
		for (let i = 0; i < 20; i++) connection.heard(false);
		await vi.advanceTimersByTimeAsync(0);
		expect(pings).toBe(1);
	});

	test('pings of a server that is away become rarer, a minute apart at most', async () => {
		answers = false;
		const connection = connect();
		connection.heard(false);
		await vi.advanceTimersByTimeAsync(63_000);
		expect(pings).toBe(7);
		await vi.advanceTimersByTimeAsync(600_000);
		expect(pings).toBe(17);
		connection.sleep();
	});

	test('an answered request ends the absence at once', async () => {
		const connection = connect(false);
		connection.heard(true);
		expect([connection.online, told]).toEqual([true, [true]]);
		await vi.advanceTimersByTimeAsync(600_000);
		expect(pings).toBe(0);
	});

	test('a hidden tab never pings', async () => {
		answers = false;
		const connection = connect();
		connection.heard(false);
		await vi.advanceTimersByTimeAsync(0);
		visible = false;
		await vi.advanceTimersByTimeAsync(600_000);
		expect(pings).toBe(1);
		visible = true;
		answers = true;
		connection.wake(false);
		await vi.advanceTimersByTimeAsync(0);
		expect([connection.online, pings]).toEqual([true, 2]);
	});

	test('waking shortly after an answer asks nothing; later it does', async () => {
		const connection = connect();
		connection.heard(true);
		connection.wake(false);
		await vi.advanceTimersByTimeAsync(0);
		expect(pings).toBe(0);
		await vi.advanceTimersByTimeAsync(31_000);
		connection.wake(false);
		await vi.advanceTimersByTimeAsync(0);
		expect(pings).toBe(1);
	});

	test('a doubt raised while hidden is settled when the tab is seen again', async () => {
		const connection = connect();
		connection.heard(true);
		visible = false;
		connection.heard(false);
		expect(pings).toBe(0);
		visible = true;
		connection.wake(false);
		await vi.advanceTimersByTimeAsync(0);
		expect(pings).toBe(1);
	});

	test('what the browser says of its network is a reason to look, not an answer', async () => {
		const connection = connect();
		connection.wake(true);
		await vi.advanceTimersByTimeAsync(0);
		expect([connection.online, pings]).toEqual([true, 1]);
	});
});
