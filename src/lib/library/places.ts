/** Places in an order made by hand: keys between which there is always room for another. */
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import type { Id } from '#shared/id.ts';

export type Placed = { id: Id; position: string };
/** A place for what is put in, and new places for those that must make room. */
export type Room = { position: string; others: Placed[] };

const letters = '123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The place before the neighbour with that index, or after the last. `neighbours` are in their order,
 * without what is moved. Two devices that put something in the same gap seldom choose the same key;
 * when they have, the next one who puts something between makes room.
 */
export function placeAt(neighbours: readonly Placed[], index: number): Room {
	const before = neighbours[index - 1]?.position ?? null;
	const after = neighbours[index]?.position ?? null;
	if (before === null || after === null || before < after) {
		return { position: keyBetween(before, after), others: [] };
	}
	const crowd = neighbours.slice(index).filter(({ position }) => position === before);
	const next = neighbours[index + crowd.length]?.position ?? null;
	const [position = '', ...keys] = generateNKeysBetween(before, next, crowd.length + 1);
	return { position, others: crowd.map(({ id }, i) => ({ id, position: keys[i] ?? position })) };
}

/** A key after the last of them. */
export function placeAtEnd(neighbours: readonly Placed[]): string {
	return placeAt(neighbours, neighbours.length).position;
}

/** A key with a random tail, as long as that still stands before the next. */
function keyBetween(before: string | null, after: string | null): string {
	const key = generateKeyBetween(before, after);
	const jittered = key + letter() + letter();
	return after === null || jittered < after ? jittered : key;
}

function letter() {
	return letters[Math.floor(Math.random() * letters.length)] ?? '1';
}
