import type { Sha256 } from './storage.ts';

/** Where bytes lie below the root: `ab/cd/abcd…`, so that no folder grows without end. */
export function placeOf(sha256: Sha256): string {
	return `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}
