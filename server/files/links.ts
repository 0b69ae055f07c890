/**
 * Links to bytes. A media element cannot send a token, and a token in an address would be in every
 * log; so whoever may see a file is given an address that opens this one file, for an hour.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Keys } from '#server/http/keys.ts';

const lifetime = 3_600;
/** Links made within ten minutes are the same, so that a cache knows them again. */
const grain = 600;

/** The address of one variant, signed; `expiresAt` is in Unix milliseconds. */
export function linkTo(keys: Keys, fileId: Id, variant: string, now = Date.now()) {
	const exp = (Math.ceil(now / 1_000 / grain) + lifetime / grain) * grain;
	const path = `/media/${fileId}/${variant}`;
	return { url: `${path}?exp=${exp}&sig=${sign(keys, path, exp)}`, expiresAt: exp * 1_000 };
}

/**
 * Throws unless the link was made here for this very path, and not too long ago. The signature is
 * compared in constant time: else its bytes could be guessed one by one from how long “no” takes.
 */
export function mustBeSigned(keys: Keys, path: string, query: URLSearchParams): void {
	const exp = query.get('exp') ?? '';
	const given = Buffer.from(query.get('sig') ?? '');
	const made = Buffer.from(sign(keys, path, Number(exp)));
	const same = given.length === made.length && timingSafeEqual(given, made);
	if (!same || !/^\d{1,12}$/.test(exp)) throw new ProblemError('media-link-invalid');
	if (Number(exp) * 1_000 < Date.now()) throw new ProblemError('media-link-expired');
}

function sign(keys: Keys, path: string, exp: number) {
	return keys.hmac('media', `${path}?exp=${exp}`);
}
