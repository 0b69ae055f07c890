import { describe, expect, test } from 'vitest';
import { clock, secondsOf } from './place-words.ts';

describe('where a bookmark is', () => {
	test('a moment reads as a clock', () => {
		expect([7.5, 90, 3723].map(clock)).toEqual(['0:07.5', '1:30', '1:02:03']);
	});

	test('what reads as a clock is typed so', () => {
		expect(['0:07,5', '1:30', '1:02:03', '90'].map(secondsOf)).toEqual([7.5, 90, 3723, 90]);
	});

	test('what is no time is none', () => {
		expect(['', 'a', '1:', '-3', '1:2:3:4'].map(secondsOf)).toEqual(Array(5).fill(undefined));
	});
});
