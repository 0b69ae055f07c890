/**
 * Which bytes a request is for (RFC 9110, sections 13 and 14), read as nginx reads it, so that
 * players find here what they are used to; `media.conformance` compares the two.
 */
export type Range = { start: number; /** Not included. */ end: number };

export type Asked = {
	range?: string | undefined;
	ifRange?: string | undefined;
	ifMatch?: string | undefined;
	ifNoneMatch?: string | undefined;
};

export type Answer =
	{ status: 200 | 304 | 412 | 416 } | { status: 206; ranges: [Range, ...Range[]] };

/** @param etag strong, with its quotes */
export function answerTo(asked: Asked, etag: string, size: number): Answer {
	if (asked.ifMatch !== undefined && !names(asked.ifMatch, etag)) return { status: 412 };
	if (asked.ifNoneMatch !== undefined && names(asked.ifNoneMatch, etag, true)) {
		return { status: 304 };
	}
	if (asked.range === undefined || size === 0) return { status: 200 };
	// Whoever has bytes of another version, or names them by a date, is given the whole of this one.
	if (asked.ifRange !== undefined && asked.ifRange !== etag) return { status: 200 };
	const ranges = readRanges(asked.range, size);
	if (ranges === 'all') return { status: 200 };
	const [first, ...more] = ranges;
	return first ? { status: 206, ranges: [first, ...more] } : { status: 416 };
}

/** Whether a list of entity tags names this one; `weak` leaves `W/` out of account. */
function names(list: string, etag: string, weak = false): boolean {
	if (list.trim() === '*') return true;
	const tags = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
	return tags.some((tag) => (weak ? tag.replace(/^W\//, '') : tag) === etag);
}

const one = /^ *(?:(\d+) *- *(\d*)|-(\d+)) *$/;
/** What 64 bits hold. */
const farthest = 2n ** 63n - 1n;

/**
 * The ranges that can be had, in the order asked for; none is unsatisfiable. `all`: the header is of
 * another unit, or asks for more bytes than there are (a way to make a small request costly).
 */
function readRanges(header: string, size: number): Range[] | 'all' {
	if (header.length < 7 || header.slice(0, 6).toLowerCase() !== 'bytes=') return 'all';
	const ranges: Range[] = [];
	let sum = 0;
	for (const part of header.slice(6).split(',')) {
		const range = readOne(part, size);
		if (!range) return [];
		if (range.start < range.end) ranges.push(range);
		else if (range.start === 0) return 'all';
		sum += Math.max(0, range.end - range.start);
	}
	return ranges.length > 0 && sum > size ? 'all' : ranges;
}

function readOne(part: string, size: number): Range | undefined {
	const [all, first, last, suffix] = one.exec(part) ?? [];
	const numbers = [first, last, suffix].map((digits) => BigInt(digits || 0));
	if (all === undefined || numbers.some((number) => number > farthest)) return undefined;
	const [from = 0, to = 0, length = 0] = numbers.map(Number);
	if (suffix !== undefined) return { start: Math.max(0, size - length), end: size };
	return { start: from, end: last ? Math.min(to + 1, size) : size };
}
