import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, in base64url. */
export function newSecret(): string {
	return randomBytes(32).toString('base64url');
}

/** SHA-256 in hex: enough for secrets that are random themselves. */
export function hashSecret(secret: string): string {
	return createHash('sha256').update(secret).digest('hex');
}
