/** What both drivers keep: bytes on a disk, and in a bucket of a real S3 server. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startS3, type RunningS3 } from '../../tests/support/s3.ts';
import { temporaryFolder } from '../../tests/support/temporary.ts';
import { openStorage } from './open.ts';
import type { Storage } from './storage.ts';

describe.each(['disk', 's3'] as const)('storage (%s)', (kind) => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let s3: RunningS3 | undefined;
	let storage: Storage;

	beforeAll(async () => {
		folder = await temporaryFolder();
		if (kind === 's3') s3 = await startS3();
		storage = await openStorage({ dataDir: folder.path, s3: s3?.settings });
	});
	afterAll(async () => {
		await storage.close();
		await s3?.close();
		await folder.close();
	});

	async function finished(bytes: Buffer) {
		const path = join(folder.path, `part-${randomBytes(6).toString('hex')}`);
		await writeFile(path, bytes);
		return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
	}
	async function taken(bytes: Buffer) {
		const { path, sha256 } = await finished(bytes);
		await storage.take(path, sha256);
		return sha256;
	}
	async function all() {
		const names: string[] = [];
		for await (const name of storage.list()) names.push(name);
		return names;
	}

	test('it is the one that was asked for', () => expect(storage.kind).toBe(kind));

	test('what is taken in reads back the same, anywhere in it, and the local file is gone', async () => {
		const bytes = randomBytes(700_001);
		const { path, sha256 } = await finished(bytes);
		await storage.take(path, sha256);
		expect(existsSync(path)).toBe(false);
		expect(await storage.size(sha256)).toBe(bytes.length);
		const opened = await storage.open(sha256);
		expect(opened.size).toBe(bytes.length);
		for (const [from, length] of [
			[0, 10],
			[65_535, 200_000],
			[700_000, 1],
			[699_990, 500],
			[700_001, 5]
		] as const) {
			expect(await opened.read(from, length)).toEqual(bytes.subarray(from, from + length));
		}
		await opened.close();
	});

	test('taking in the same bytes again keeps one copy', async () => {
		const bytes = randomBytes(5_000);
		const sha256 = await taken(bytes);
		expect(await taken(bytes)).toBe(sha256);
		expect((await all()).filter((name) => name === sha256)).toHaveLength(1);
	});

	test('many readers share the bytes, and those of one who stops go on', async () => {
		const bytes = randomBytes(100_000);
		const sha256 = await taken(bytes);
		const readers = await Promise.all(Array.from({ length: 50 }, () => storage.open(sha256)));
		await readers[0]?.close();
		await readers[0]?.close();
		for (const reader of readers.slice(1)) {
			expect(await reader.read(99_000, 1_000)).toEqual(bytes.subarray(99_000));
			await reader.close();
		}
	});

	test('what is removed is not here any more, and removing it again is no fault', async () => {
		const sha256 = await taken(randomBytes(10));
		await (await storage.open(sha256)).close();
		await storage.remove(sha256);
		await storage.remove(sha256);
		expect(await storage.size(sha256)).toBeUndefined();
		expect(await all()).not.toContain(sha256);
		await expect(storage.open(sha256)).rejects.toThrow('no bytes');
	});

	test('what was removed can come back', async () => {
		const bytes = randomBytes(10);
		const sha256 = await taken(bytes);
		await storage.remove(sha256);
		await taken(bytes);
		const opened = await storage.open(sha256);
		expect(await opened.read(0, 10)).toEqual(bytes);
		await opened.close();
	});

	test('all that is here is listed', async () => {
		const names = await Promise.all(Array.from({ length: 5 }, () => taken(randomBytes(20))));
		expect(await all()).toEqual(expect.arrayContaining(names));
	});

	test.each(['../../etc/passwd', '', 'A'.repeat(64), `${'a'.repeat(63)}/`])(
		'only a SHA-256 is a name: %j',
		async (name) => {
			const { path } = await finished(Buffer.from('x'));
			await expect((async () => storage.open(name))()).rejects.toThrow();
			await expect((async () => storage.take(path, name))()).rejects.toThrow('no SHA-256');
		}
	);
});

test('a bucket that does not know the key keeps nothing, and the local file stays', async () => {
	const s3 = await startS3();
	const folder = await temporaryFolder();
	const path = join(folder.path, 'part');
	await writeFile(path, 'something');
	const stranger = { ...s3.settings, accessKey: 'nobody' };
	const storage = await openStorage({ dataDir: folder.path, s3: stranger });
	await expect(storage.take(path, 'a'.repeat(64))).rejects.toThrow('S3 answered 403');
	expect(existsSync(path)).toBe(true);
	await s3.close();
	await folder.close();
});
