import { z } from 'zod';

/** A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits. Lower case, 36 characters. */
export const Id = z.uuidv7().lowercase();
export type Id = z.infer<typeof Id>;

/** The path of one thing: `/…/:id`. */
export const IdParam = z.strictObject({ id: Id });

/** An instant: ISO 8601 in UTC, milliseconds at most. */
export const Time = z.iso.datetime({ precision: 3 });
export type Time = z.infer<typeof Time>;

/**
 * Makes an id on whatever device the thing is made on, also offline.
 * @param now Unix milliseconds; ids sort by it.
 * @see RFC 9562, section 5.7
 */
export function newId(now: number = Date.now()): Id {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	new DataView(bytes.buffer).setUint16(0, Math.floor(now / 2 ** 32));
	new DataView(bytes.buffer).setUint32(2, now % 2 ** 32);
	bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
	bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
