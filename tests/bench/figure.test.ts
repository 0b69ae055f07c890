import { expect, test } from 'vitest';
import { measure, median, type Figure } from './figure.ts';

test('the middle of the values, whatever their order', () => {
	expect(median([3, 1, 2])).toBe(2);
	expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a first round warms up, and ours and the peer take turns', async () => {
	const turns: string[] = [];
	const result = await measure(figureOf({ ours: [9, 4, 6], peer: [9, 2, 2] }, turns));
	expect(turns).toEqual(['ours', 'peer', 'ours', 'peer', 'peer', 'ours', 'closed']);
	expect(result).toMatchObject({ value: 5, peerValue: 2, ratio: 2.5, spread: [2, 3] });
});

test('a goal is met only if all that also must hold does', async () => {
	const also = (value: number) => [{ words: 'lost', value, unit: '', goal: { atMost: 0 } }];
	const numbers = { ours: [1, 2, 2], peer: [1, 1, 1] };
	expect(await measure(figureOf(numbers))).toMatchObject({ goal: 'ratio ≥ 2', met: true });
	expect(await measure(figureOf(numbers, [], also(0)))).toMatchObject({ met: true });
	expect(await measure(figureOf(numbers, [], also(1)))).toMatchObject({ met: false });
});

test('what was opened is closed when measuring fails', async () => {
	const turns: string[] = [];
	await expect(measure(figureOf({ ours: [], peer: [] }, turns))).rejects.toThrow('no more');
	expect(turns.at(-1)).toBe('closed');
});

type Numbers = { ours: number[]; peer: number[] };
type More = { words: string; value: number; unit: string; goal: { atMost: number } }[];

function figureOf(numbers: Numbers, turns: string[] = [], also: More = []): Figure {
	const [ours, peer] = [[...numbers.ours], [...numbers.peer]];
	const take = (name: string, from: number[]) => async () => {
		turns.push(name);
		const value = from.shift();
		if (value === undefined) throw new Error('no more');
		return value;
	};
	return {
		id: 'test.figure',
		words: 'What it takes.',
		unit: 's',
		peer: 'another',
		goal: { atLeast: 2 },
		rounds: 2,
		open: async () => ({
			ours: take('ours', ours),
			peer: take('peer', peer),
			also: async () => also,
			close: async () => void turns.push('closed')
		})
	};
}
