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

/** A note on the line: struck quickly, dying away slowly. */
type Note = { at: number; strength: number };

/**
 * The wave line, drawn as the mark is: still, then a few notes that are struck and die away, then
 * still again. The same seed draws the same line, so that a person, a page or a song has its own.
 * @returns the `d` of an SVG path in a box `length` wide and `height` high
 */
export function waveLine(seed: string, length: number, height: number): string {
	const next = numbersFrom(seed);
	const half = height * 0.15;
	const notes = phrase(next, length, half);
	const middle = height / 2;
	let path = `M0 ${middle}`;
	let up = 1;
	let from = middle;
	for (let x = half; x < length - half; x += half) {
		const loud = loudnessAt(x, notes, half) * (0.75 + next() * 0.25);
		const to = loud < 0.04 ? middle : middle - up * loud * (middle - 2);
		path += curve(x, half, from, to);
		from = to;
		up = -up;
	}
	return `${path}L${length} ${middle}`;
}

function phrase(next: () => number, length: number, half: number): Note[] {
	const notes: Note[] = [];
	let at = half * (6 + next() * 5);
	while (at < length * 0.9) {
		notes.push({ at, strength: notes.length % 2 === 0 ? 0.6 + next() * 0.4 : 0.2 + next() * 0.5 });
		at += half * (12 + next() * 26);
	}
	return notes;
}

function loudnessAt(x: number, notes: Note[], half: number): number {
	const loud = notes.reduce((sum, { at, strength }) => {
		const reach = x < at ? 1.6 * half : 5 * half;
		return sum + strength * Math.exp(-(((x - at) / reach) ** 2));
	}, 0);
	return Math.min(1, loud);
}

/** One half wave up to `x`, level at both ends: the curve of the mark. */
function curve(x: number, half: number, from: number, to: number): string {
	const bend = half * 0.45;
	const numbers = [x - half + bend, from, x - bend, to, x, to];
	return `C${numbers.map((number) => number.toFixed(1)).join(' ')}`;
}

/** The heights, 0 to 1, of the few bars that stand for a person on their sleeve. */
export function waveBars(seed: string, count: number): number[] {
	const next = numbersFrom(seed);
	return Array.from({ length: count }, (_, bar) => {
		const arch = 0.55 + 0.45 * Math.sin(((bar + 0.5) / count) * Math.PI);
		return Math.max(0.12, arch * next());
	});
}
