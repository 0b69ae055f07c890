import { createHash, randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFile, addVersion, deleteFile, trashFile, type File } from '#shared/files.ts';
import { newId, type Id } from '#shared/id.ts';
import { borrow } from '../../tests/support/database.ts';
import { listen } from '../../tests/support/http.ts';
import { Outbox } from '../../tests/support/outbox.ts';
import { startServer } from '../../tests/support/server.ts';
import { openTestTalas, type TestTalas } from '../../tests/support/talas.ts';
import {
	begin,
	metadata,
	offsetOf,
	send,
	sendAndCut,
	sha256Of,
	tus,
	type Uploader
} from '../../tests/support/tus.ts';
import { finishLeftovers, setState } from './finish.ts';
import { partsOf } from './uploads.ts';
import { verify } from './verify.ts';

let t: TestTalas;
let server: Awaited<ReturnType<typeof listen>>;
let ana: Uploader;
let ben: Uploader;
let phone: Outbox;

beforeAll(async () => {
	t = await openTestTalas('postgres');
	server = await listen(t);
	const [a, b] = [t.browser(), t.browser()];
	const tokens = [await a.register('ana'), await b.register('ben')] as const;
	[ana, ben] = [
		{ url: server.url, token: tokens[0].accessToken },
		{ url: server.url, token: tokens[1].accessToken }
	];
	phone = new Outbox(a);
});
afterAll(async () => {
	await server.close();
	await t.close();
});

async function added(size: number, more: { name?: string; type?: string } = {}) {
	const id = newId();
	await phone.do(addFile, { id, name: 'take.wav', size, type: 'audio/wav', ...more });
	return id;
}
async function version(id: Id) {
	return (await phone.record<File>('files', id))?.versions.at(-1);
}
async function kept(sha256: string) {
	const opened = await t.talas.storage.open(sha256);
	const bytes = await opened.read(0, opened.size);
	await opened.close();
	return bytes;
}
const code = async (answer: Response) => ((await answer.json()) as { code: string }).code;

describe('an upload', () => {
	test('goes up in chunks, and comes to exactly the bytes that were sent', async () => {
		const bytes = randomBytes(300_000);
		const id = await added(bytes.length);
		const path = await begin(ana, id, bytes.length);
		expect(path).toBe(`/api/uploads/${id}`);
		expect(await version(id)).toMatchObject({ state: 'uploading' });
		for (let at = 0; at < bytes.length; at += 100_000) {
			const answer = await send(ana, path, at, bytes.subarray(at, at + 100_000));
			expect(answer.status).toBe(204);
			expect(answer.headers.get('upload-offset')).toBe(String(at + 100_000));
			expect(answer.headers.get('tus-resumable')).toBe('1.0.0');
			const last = at + 100_000 === bytes.length;
			expect(answer.headers.get('talas-sha256')).toBe(last ? sha256Of(bytes) : null);
		}
		expect(await version(id)).toMatchObject({
			state: 'ready',
			sha256: sha256Of(bytes),
			type: 'application/octet-stream'
		});
		expect(await kept(sha256Of(bytes))).toEqual(bytes);
		expect(await offsetOf(ana, path)).toBe(bytes.length);
		expect(existsSync(join(t.talas.env.dataDir, 'uploads', id))).toBe(false);
	});

	test('goes on where it was cut, at any byte, and no byte that counts is lost', async () => {
		const bytes = randomBytes(400_000);
		const id = await added(bytes.length);
		const path = await begin(ana, id, bytes.length);
		for (let offset = 0, cuts = 0; offset < bytes.length; offset = await offsetOf(ana, path)) {
			const rest = bytes.subarray(offset);
			if (cuts++ < 25) await sendAndCut(ana, path, offset, rest, randomInt(rest.length));
			else await send(ana, path, offset, rest);
		}
		expect(await version(id)).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
		expect(await kept(sha256Of(bytes))).toEqual(bytes);
	}, 60_000);

	test('works with the usual client', async () => {
		const bytes = randomBytes(150_000);
		const id = await added(bytes.length);
		await new Promise<void>((onSuccess, onError) => {
			const headers = { authorization: `Bearer ${ana.token}` };
			const endpoint = `${server.url}/api/uploads`;
			const more = { chunkSize: 40_000, metadata: { fileId: id }, retryDelays: null };
			new Upload(bytes, {
				endpoint,
				headers,
				...more,
				onSuccess: () => onSuccess(),
				onError
			}).start();
		});
		expect(await version(id)).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
	});

	test('of the same bytes twice is kept once', async () => {
		const bytes = randomBytes(1_000);
		for (const id of [await added(1_000), await added(1_000)]) {
			await send(ana, await begin(ana, id, 1_000), 0, bytes);
			expect(await version(id)).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
		}
		const folder = join(t.talas.env.dataDir, 'blobs', sha256Of(bytes).slice(0, 2));
		const names = await readdir(folder, { recursive: true });
		expect(names.filter((name) => name.endsWith(sha256Of(bytes)))).toHaveLength(1);
	});

	test('of a further version is shown, and the one before stays', async () => {
		const [first, second] = [randomBytes(500), randomBytes(700)];
		const id = await added(500);
		await send(ana, await begin(ana, id, 500), 0, first);
		const versionId = newId();
		await phone.do(addVersion, { id: versionId, fileId: id, name: 'mix 2', size: 700 });
		const path = await begin(ana, id, 700);
		expect(path).toBe(`/api/uploads/${versionId}`);
		await send(ana, path, 0, second);
		expect(await phone.record<File>('files', id)).toMatchObject({
			current: 2,
			versions: [{ sha256: sha256Of(first) }, { sha256: sha256Of(second) }]
		});
	});

	test('can be given up, and begun again', async () => {
		const bytes = randomBytes(1_000);
		const id = await added(1_000);
		const path = await begin(ana, id, 1_000);
		await send(ana, path, 0, bytes.subarray(0, 400));
		expect((await tus(ana, 'DELETE', path)).status).toBe(204);
		expect(await version(id)).toMatchObject({ state: 'waiting' });
		expect((await tus(ana, 'HEAD', path)).status).toBe(404);
		await send(ana, await begin(ana, id, 1_000), 0, bytes);
		expect(await version(id)).toMatchObject({ state: 'ready' });
	});

	test('that waits for a week starts again', async () => {
		const id = await added(1_000);
		const path = await begin(ana, id, 1_000);
		const note = `${partsOf(t.talas.env).path(id)}.json`;
		const noted = JSON.parse(await readFile(note, 'utf8')) as object;
		const then = new Date(Date.now() - 8 * 86_400_000).toISOString();
		await writeFile(note, JSON.stringify({ ...noted, creation_date: then }));
		expect((await tus(ana, 'HEAD', path)).status).toBe(410);
		await finishLeftovers(t.talas, partsOf(t.talas.env));
		expect(await version(id)).toMatchObject({ state: 'waiting' });
		expect(existsSync(note)).toBe(false);
	});

	test('of a file that is deleted meanwhile is dropped', async () => {
		const id = await added(1_000);
		const path = await begin(ana, id, 1_000);
		await phone.do(trashFile, { id });
		await phone.do(deleteFile, { id });
		expect((await send(ana, path, 0, randomBytes(1_000))).status).toBe(404);
		await finishLeftovers(t.talas, partsOf(t.talas.env));
		expect(existsSync(partsOf(t.talas.env).path(id))).toBe(false);
	});
});

describe('what is refused', () => {
	test('a file that nobody has added, or somebody else has', async () => {
		const id = await added(100);
		const asked = (fileId: string) => ({
			'upload-length': '100',
			'upload-metadata': metadata({ fileId })
		});
		for (const [who, fileId] of [
			[ana, newId()],
			[ana, '../../etc/passwd'],
			[ana, ''],
			[ben, id]
		] as const) {
			const answer = await tus(who, 'POST', '/api/uploads', asked(fileId));
			expect([answer.status, await code(answer)]).toEqual([404, 'not-found']);
		}
		const path = await begin(ana, id, 100);
		for (const method of ['HEAD', 'PATCH', 'DELETE']) {
			expect((await tus(ben, method, path)).status).toBe(404);
		}
		expect((await send(ben, path, 0, randomBytes(100))).status).toBe(404);
		expect(await offsetOf(ana, path)).toBe(0);
	});

	test('nobody in particular', async () => {
		const answer = await fetch(`${server.url}/api/uploads`, {
			method: 'POST',
			headers: { 'tus-resumable': '1.0.0', 'upload-length': '1' }
		});
		expect([answer.status, await code(answer)]).toEqual([401, 'signed-out']);
	});

	test.each([
		['a length that is told later', { 'upload-defer-length': '1' }, 400, 'upload-refused'],
		['more than was said', { 'upload-length': '101' }, 413, 'payload-too-large'],
		['less than was said', { 'upload-length': '99' }, 400, 'upload-refused'],
		['a length that is none', { 'upload-length': '1e2' }, 400, 'upload-refused'],
		[
			'another version of tus',
			{ 'upload-length': '100', 'tus-resumable': '0.2.2' },
			412,
			'upload-protocol-unknown'
		],
		[
			'a checksum of another kind',
			{ 'upload-length': '100', 'upload-checksum': 'crc32 AAAA' },
			400,
			'upload-refused'
		]
	] as const)('%s', async (_, headers, status, expected) => {
		const fileId = await added(100);
		const all = { 'upload-metadata': metadata({ fileId }), ...headers };
		const answer = await tus(ana, 'POST', '/api/uploads', all as Record<string, string>);
		expect([answer.status, await code(answer)]).toEqual([status, expected]);
		expect(answer.headers.get('tus-resumable')).toBe('1.0.0');
		expect(answer.headers.get('content-type')).toBe('application/problem+json');
	});

	test('a chunk from another place, and more than there is to come', async () => {
		const path = await begin(ana, await added(100), 100);
		const beside = await send(ana, path, 50, randomBytes(50));
		expect([beside.status, await code(beside)]).toEqual([409, 'upload-out-of-step']);
		expect((await send(ana, path, 0, randomBytes(101))).status).toBe(413);
		expect(await offsetOf(ana, path)).toBe(0);
	});

	test('what is there already', async () => {
		const id = await added(100);
		await send(ana, await begin(ana, id, 100), 0, randomBytes(100));
		await expect(begin(ana, id, 100)).rejects.toThrow('rejected-by-state');
	});
});

describe('checksums', () => {
	const sum = (algorithm: string, bytes: Buffer) =>
		`${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;

	test('are offered', async () => {
		const answer = await fetch(`${server.url}/api/uploads`, { method: 'OPTIONS' });
		expect(answer.headers.get('tus-version')).toBe('1.0.0');
		expect(answer.headers.get('tus-checksum-algorithm')).toBe('sha256,sha1,md5');
		expect(answer.headers.get('tus-extension')?.split(',').sort()).toEqual(
			['checksum', 'creation', 'creation-with-upload', 'expiration', 'termination'].sort()
		);
	});

	test.each(['sha256', 'sha1', 'md5'])(
		'%s: a wrong one is 460 and nothing counts',
		async (name) => {
			const bytes = randomBytes(2_000);
			const id = await added(2_000);
			const path = await begin(ana, id, 2_000);
			const [first, second] = [bytes.subarray(0, 900), bytes.subarray(900)];
			await send(ana, path, 0, first, { 'upload-checksum': sum(name, first) });
			const wrong = await send(ana, path, 900, second, { 'upload-checksum': sum(name, first) });
			expect([wrong.status, await code(wrong)]).toEqual([460, 'checksum-mismatch']);
			expect(await offsetOf(ana, path)).toBe(900);
			expect(await version(id)).toMatchObject({ state: 'uploading' });
			await send(ana, path, 900, second, { 'upload-checksum': sum(name, second) });
			expect(await version(id)).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
		}
	);
});

test('of two that send the same upload at once, every byte is right in the end', async () => {
	const bytes = randomBytes(3_000_000);
	const id = await added(bytes.length);
	const path = await begin(ana, id, bytes.length);
	const both = await Promise.all([send(ana, path, 0, bytes), send(ana, path, 0, bytes)]);
	expect(both.map(({ status }) => status)).toContain(204);
	const offset = (await version(id))?.state === 'ready' ? bytes.length : await offsetOf(ana, path);
	if (offset < bytes.length) await send(ana, path, offset, bytes.subarray(offset));
	expect(await version(id)).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
});

describe('types', () => {
	const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(200)]);
	test.each([
		['a sound', 'take.wav', wav, 'audio/wav'],
		[
			'a zip named mp3',
			'song.mp3',
			Buffer.from(zipSync({ 'a.txt': randomBytes(50) })),
			'application/zip'
		],
		[
			'a page named jpg',
			'cover.jpg',
			Buffer.from('<html><script>alert(1)</script>'),
			'application/octet-stream'
		],
		[
			'a drawing that runs',
			'cover.png',
			Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
			'application/octet-stream'
		],
		['one byte', 'a.mp3', Buffer.from('x'), 'application/octet-stream'],
		[
			'half a picture',
			'a.png',
			Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
			'application/octet-stream'
		]
	])('%s is what its bytes are', async (_, name, bytes, type) => {
		const id = await added(bytes.length, { name, type: 'audio/mpeg' });
		await send(ana, await begin(ana, id, bytes.length), 0, bytes);
		expect(await version(id)).toMatchObject({ state: 'ready', type, declaredType: 'audio/mpeg' });
	});
});

describe('what a stop of the machine has left is taken up', () => {
	test('a whole upload that nobody had looked at', async () => {
		const bytes = randomBytes(5_000);
		const id = await added(5_000);
		const path = await begin(ana, id, 5_000);
		await writeFile(partsOf(t.talas.env).path(id), bytes);
		expect((await tus(ana, 'HEAD', path)).headers.get('talas-sha256')).toBe(sha256Of(bytes));
		expect(await version(id)).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
	});

	test('bytes in storage that were not said to be ready', async () => {
		const bytes = randomBytes(5_000);
		const id = await added(5_000);
		await send(ana, await begin(ana, id, 5_000), 0, bytes);
		await setState(t.talas, id, { state: 'processing', failure: null });
		await finishLeftovers(t.talas, partsOf(t.talas.env));
		expect(await version(id)).toMatchObject({ state: 'ready' });
	});

	test('bytes that are gone: that is said, and they can be sent again', async () => {
		const bytes = randomBytes(5_000);
		const id = await added(5_000);
		await send(ana, await begin(ana, id, 5_000), 0, bytes);
		await setState(t.talas, id, { state: 'processing', failure: null });
		await t.talas.storage.remove(sha256Of(bytes));
		await finishLeftovers(t.talas, partsOf(t.talas.env));
		expect(await version(id)).toMatchObject({ state: 'failed', failure: 'lost' });
		await send(ana, await begin(ana, id, 5_000), 0, bytes);
		expect(await version(id)).toMatchObject({ state: 'ready', failure: null });
		expect(await kept(sha256Of(bytes))).toEqual(bytes);
	});

	test('parts of uploads that no file asks for', async () => {
		const stray = partsOf(t.talas.env).path(newId());
		await writeFile(stray, 'x');
		await utimes(stray, 0, 0);
		await finishLeftovers(t.talas, partsOf(t.talas.env));
		expect(existsSync(stray)).toBe(false);
	});
});

test('bytes that were damaged or lost are found, and named by their files', async () => {
	const [whole, damaged, lost] = [randomBytes(9_000), randomBytes(9_000), randomBytes(9_000)];
	for (const [bytes, name] of [
		[whole, 'whole.wav'],
		[damaged, 'damaged.wav'],
		[lost, 'lost.wav']
	] as const) {
		await send(ana, await begin(ana, await added(9_000, { name }), 9_000), 0, bytes);
	}
	const sha256 = sha256Of(damaged);
	const place = join(t.talas.env.dataDir, 'blobs', t.talas.storage.path?.(sha256) ?? '');
	await writeFile(place, Buffer.concat([damaged.subarray(0, 8_999), Buffer.from('x')]));
	await t.talas.storage.remove(sha256Of(lost));
	const { checked, faults } = await verify(t.talas.db, t.talas.storage);
	expect(checked).toBeGreaterThanOrEqual(3);
	expect(faults).toHaveLength(2);
	expect(faults).toContainEqual({ sha256, fault: 'damaged', names: ['damaged.wav, version 1'] });
	expect(faults).toContainEqual({
		sha256: sha256Of(lost),
		fault: 'lost',
		names: ['lost.wav, version 1']
	});
});

test('a server that is killed in the middle goes on where the file is', async () => {
	const { place, giveBack } = await borrow('postgres');
	const program = await startServer({ databaseUrl: place, env: { RATE_LIMIT: '100000' } });
	const answer = await fetch(`${program.url}/api/auth/register`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			email: 'eve@example.org',
			password: 'correct horse battery',
			handle: 'eve',
			displayName: 'Eve'
		})
	});
	const { accessToken: token } = (await answer.json()) as { accessToken: string };
	const eve = { url: program.url, token };
	const bytes = randomBytes(6_000_000);
	const id = newId();
	const now = new Date().toISOString();
	const args = { id, name: 'take.wav', size: bytes.length };
	const mutations = [{ n: 1, id: newId(), name: addFile.name, args, at: now }];
	await fetch(`${program.url}/api/sync/push`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ clientId: newId(), sentAt: now, seen: 0, mutations })
	});
	const path = await begin(eve, id, bytes.length);
	let offset = 0;
	for (let kill = 0; kill < 2; kill++) {
		const sending = sendAndCut(eve, path, offset, bytes.subarray(offset), 2_500_000);
		await Promise.all([sending, program.kill('SIGKILL')]);
		await program.start();
		offset = await offsetOf(eve, path);
	}
	await send(eve, path, offset, bytes.subarray(offset));
	const whole = await tus(eve, 'HEAD', path);
	expect(whole.headers.get('talas-sha256')).toBe(sha256Of(bytes));
	await program.close();
	await giveBack();
}, 120_000);
