/** The checksum extension of tus 1.0, which the kept libraries lack. */
import { createHash, type Hash } from 'node:crypto';
import { ProblemError } from '#shared/problem.ts';

export const algorithms = ['sha256', 'sha1', 'md5'];

/** What the bytes of one request must come to. */
export type Checksum = { hash: Hash; digest: string };

/** Reads `Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`. */
export function checksumOf(header: string | undefined): Checksum | undefined {
	if (header === undefined) return undefined;
	const [algorithm = '', digest = ''] = header.trim().split(' ');
	if (!algorithms.includes(algorithm) || digest === '') {
		throw new ProblemError('upload-refused', { detail: 'This checksum is not known here' });
	}
	return { hash: createHash(algorithm), digest };
}
