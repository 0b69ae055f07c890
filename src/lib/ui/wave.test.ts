import { expect, test } from 'vitest';
import { waveBars, waveLine } from './wave.ts';

test('the same seed draws the same line, another seed another', () => {
	expect(waveLine('mila', 800, 48)).toBe(waveLine('mila', 800, 48));
	expect(waveLine('mila', 800, 48)).not.toBe(waveLine('omar', 800, 48));
});

test('the line begins and ends still, and stays inside its box', () => {
	const line = waveLine('mila', 800, 48);
	expect(line).toMatch(/^M0 24C.*L800 24$/);
	const heights = [...line.matchAll(/(-?[\d.]+) (-?[\d.]+)(?=[CL]|$)/g)].map((end) =>
		Number(end[2])
	);
	expect(Math.min(...heights)).toBeGreaterThanOrEqual(1);
	expect(Math.max(...heights)).toBeLessThanOrEqual(47);
});

test('a sleeve has bars that are never nothing and never too high', () => {
	const bars = waveBars('mila', 7);
	expect(bars).toHaveLength(7);
	for (const bar of bars) expect(bar >= 0.12 && bar <= 1).toBe(true);
});
