import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProblemError } from '#shared/problem.ts';
import { Pauses } from './pauses.ts';

let pauses: Pauses;
beforeEach(() => {
	vi.useFakeTimers();
	pauses = new Pauses({ random: () => 0.5 });
});
afterEach(() => vi.useRealTimers());

function length() {
	let over = false;
	pauses.then(() => (over = true));
	let seconds = 0;
	for (; !over && seconds < 10_000; seconds++) vi.advanceTimersByTime(1_000);
	return seconds;
}

test('they double up to a minute, and begin anew after a success', () => {
	const lengths = Array.from({ length: 8 }, () => {
		pauses.failed();
		return length();
	});
	expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
	pauses.succeeded();
	pauses.failed();
	expect(length()).toBe(1);
});

test('waking ends a pause, but not one that the server asked for', () => {
	pauses.failed();
	pauses.end();
	expect(pauses.over()).toBe(true);
	pauses.failed(new ProblemError('rate-limited', { retryAfter: 90 }));
	pauses.end();
	expect(pauses.over()).toBe(false);
	expect(length()).toBe(90);
	expect(pauses.over()).toBe(true);
});

test('a clock that is set changes nothing', () => {
	pauses.failed();
	vi.setSystemTime(new Date('2016-01-01'));
	vi.advanceTimersByTime(1_001);
	expect(pauses.over()).toBe(true);
});
