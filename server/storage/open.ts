import type { Env } from '#server/env.ts';
import { openDisk } from './disk.ts';
import type { Storage } from './storage.ts';

/** The storage that the settings name. What S3 needs is loaded only where it is used. */
export async function openStorage(env: Pick<Env, 's3' | 'dataDir'>): Promise<Storage> {
	if (!env.s3) return openDisk(env.dataDir);
	const { openS3 } = await import('./s3.ts');
	return openS3(env.s3);
}
