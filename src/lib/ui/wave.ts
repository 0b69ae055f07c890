/** A number generator that gives the same numbers for the same seed (mulberry32 over FNV-1a). */
function numbersFrom(seed: string): () => number {
	let state = 2166136261;
	for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16777619);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/**
 * The wave line: still, then a few swells, then still again. The same seed draws the same line,
 * so that a person, a page or a song can have a line of its own.
 * @returns the `d` of an SVG path in a box `length` wide and `height` high
 */
export function waveLine(seed: string, length: number, height: number): string {
	const next = numbersFrom(seed);
	const swells = [0.3, 0.5, 0.7].map((around, index) => ({
		at: around + (next() - 0.5) * 0.12,
		width: 0.05 + next() * 0.06,
		strength: (index === 1 ? 0.85 : 0.35) + next() * 0.25
	}));
	const turns = length / (22 + next() * 8);
	const middle = height / 2;
	const points = Array.from({ length: Math.ceil(length / 3) + 1 }, (_, step) => {
		const x = Math.min(1, (step * 3) / length);
		const swell = swells.reduce(
			(sum, { at, width, strength }) => sum + strength * Math.exp(-(((x - at) / width) ** 2)),
			0
		);
		const y = middle - Math.sin(x * turns * 2 * Math.PI) * Math.min(1, swell) * (middle - 2);
		return `${(x * length).toFixed(1)} ${y.toFixed(1)}`;
	});
	return `M${points.join('L')}`;
}

/** The heights, 0 to 1, of the few bars that stand for a person on their sleeve. */
export function waveBars(seed: string, count: number): number[] {
	const next = numbersFrom(seed);
	return Array.from({ length: count }, (_, bar) => {
		const arch = Math.sin(((bar + 0.5) / count) * Math.PI);
		return Math.max(0.12, arch * (0.35 + next() * 0.65));
	});
}
