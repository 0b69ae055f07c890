import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFile, deleteFile, trashFile } from '#shared/files.ts';
import { newId } from '#shared/id.ts';
import { createApp } from '#server/app.ts';
import { listen } from '../../tests/support/http.ts';
import { startNginx, type RunningNginx } from '../../tests/support/nginx.ts';
import { Outbox } from '../../tests/support/outbox.ts';
import { ask, etagOf, rangeRequests } from '../../tests/support/ranges.ts';
import { openTestTalas, type Browser, type TestTalas } from '../../tests/support/talas.ts';
import { pause } from '../../tests/support/temporary.ts';
import { begin, send, sha256Of } from '../../tests/support/tus.ts';
import { linkTo } from './links.ts';

const wavHead = Buffer.from('RIFF\x24\0\0\0WAVEfmt ');
let t: TestTalas;
let server: Awaited<ReturnType<typeof listen>>;
let ana: Browser;
let ben: Browser;
let phone: Outbox;

beforeAll(async () => {
	t = await openTestTalas('postgres');
	server = await listen(t);
	[ana, ben] = [t.browser(), t.browser()];
	await ana.register('ana');
	await ben.register('ben');
	phone = new Outbox(ana);
});
afterAll(async () => {
	await server.close();
	await t.close();
});

async function kept(bytes: Buffer, name = 'take.wav') {
	const id = newId();
	await phone.do(addFile, { id, name, size: bytes.length });
	const me = { url: server.url, token: ana.accessToken ?? '' };
	await send(me, await begin(me, id, bytes.length), 0, bytes);
	return id;
}
async function link(id: string, on = ana) {
	const answer = await on.ask('POST', `/api/files/${id}/url`, { variant: 'original' });
	return { status: answer.status, ...(answer.body as { url: string; expiresAt: string }) };
}
async function get(path: string, init: RequestInit = {}) {
	return fetch(server.url + path, init);
}
const codeOf = async (answer: Response) => [
	answer.status,
	((await answer.json()) as { code: string }).code
];

describe('links', () => {
	test('open the file for whoever may see it, for an hour', async () => {
		const bytes = Buffer.concat([wavHead, randomBytes(1_000)]);
		const id = await kept(bytes);
		const { url, expiresAt } = await link(id);
		expect(url).toMatch(new RegExp(`^/media/${id}/v1\\?exp=\\d+&sig=[\\w-]{43}$`));
		const left = Date.parse(expiresAt) - Date.now();
		expect(left).toBeGreaterThan(3_590_000);
		expect(left).toBeLessThan(4_300_000);
		const answer = await get(url);
		expect(answer.status).toBe(200);
		expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
		expect((await link(id)).url).toBe(url);
	});

	test('are not made for others, nor for what is not there', async () => {
		const id = await kept(randomBytes(10));
		expect((await link(id, ben)).status).toBe(404);
		expect((await link(newId())).status).toBe(404);
		expect((await link(id, t.browser())).status).toBe(401);
		const waiting = newId();
		await phone.do(addFile, { id: waiting, name: 'x', size: 5 });
		expect((await link(waiting)).status).toBe(404);
		expect((await ana.ask('POST', `/api/files/${id}/url`, { variant: '../v1' })).status).toBe(422);
		expect((await ana.ask('POST', `/api/files/${id}/url`, { variant: 'v2' })).status).toBe(404);
	});

	test('that were changed anywhere are refused', async () => {
		const [id, other] = [await kept(randomBytes(10)), await kept(randomBytes(10))];
		const { url } = await link(id);
		const sig = url.slice(url.indexOf('sig=') + 4);
		const flipped = [...Buffer.from(sig, 'base64url')].flatMap((_, i) =>
			[0, 7].map((bit) => {
				const bytes = Buffer.from(sig, 'base64url');
				bytes[i] = (bytes[i] ?? 0) ^ (1 << bit);
				return url.replace(sig, bytes.toString('base64url'));
			})
		);
		const changed = [
			url.replace(id, other),
			url.replace('/v1', '/v2'),
			url.replace(/exp=\d+/, 'exp=99999999999'),
			url.replace(/exp=\d+&/, ''),
			url.replace(/&sig=.*/, ''),
			`/media/${id}/v1`,
			...flipped
		];
		for (const path of changed) {
			expect(await codeOf(await get(path)), path).toEqual([403, 'media-link-invalid']);
		}
	});

	test('that have ended say so, which means: ask for another', async () => {
		const { url } = linkTo(t.talas.keys, await kept(randomBytes(10)), 'v1', Date.now() - 5_000_000);
		expect(await codeOf(await get(url))).toEqual([403, 'media-link-expired']);
	});

	test('to a file that is gone lead nowhere', async () => {
		const id = await kept(randomBytes(10));
		const { url } = await link(id);
		await phone.do(trashFile, { id });
		await phone.do(deleteFile, { id });
		expect(await codeOf(await get(url))).toEqual([404, 'not-found']);
	});
});

describe('what is sent', () => {
	const png = Buffer.from(
		'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
		'base64'
	);
	test.each([
		['a sound', Buffer.concat([wavHead, randomBytes(50)]), 'audio/wav', 'inline'],
		['a picture', png, 'image/png', 'inline'],
		['a document', Buffer.from('%PDF-1.7\n%âãÏÓ\n'), 'application/pdf', 'inline'],
		[
			'a page',
			Buffer.from('<!doctype html><script>alert(1)</script>'),
			'application/octet-stream',
			'attachment'
		],
		[
			'a drawing that runs',
			Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
			'application/octet-stream',
			'attachment'
		],
		[
			'a program',
			Buffer.from('\x7fELF\x02\x01\x01' + '\0'.repeat(60), 'latin1'),
			'application/octet-stream',
			'attachment'
		]
	])('%s is what its bytes say, and never runs here', async (_, bytes, type, disposition) => {
		const { headers } = await get((await link(await kept(bytes, 'wav.html'))).url);
		expect(headers.get('content-type')).toBe(type);
		expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`));
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox$/);
		expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
		expect(headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
		expect(headers.get('etag')).toBe(`"${sha256Of(bytes)}"`);
		expect(headers.get('accept-ranges')).toBe('bytes');
	});

	test('a name of any signs is words, and no header of its own', async () => {
		const { url } = await link(await kept(randomBytes(10), 'Dünen "3"; x=y/..\\%.mp3'));
		const { headers } = await get(url);
		expect(headers.get('content-disposition')).toBe(
			`attachment; filename="D_nen _3_; x=y_..__.mp3"; filename*=UTF-8''D%C3%BCnen%20%223%22%3B%20x%3Dy%2F..%5C%25.mp3`
		);
	});

	test('a client that goes away in the middle leaves nothing open', async () => {
		const { url } = await link(await kept(randomBytes(8_000_000)));
		for (let n = 0; n < 20; n++) {
			const socket = connect(server.port, '127.0.0.1');
			socket.write(`GET ${url} HTTP/1.1\r\nhost: x\r\n\r\n`);
			await new Promise((came) => socket.once('data', came));
			socket.destroy();
		}
		await pause(100);
		const answer = await get(url, { headers: { range: 'bytes=7999990-' } });
		expect((await answer.arrayBuffer()).byteLength).toBe(10);
	});

	test('many who play the same at once each get all of it', async () => {
		const bytes = randomBytes(3_000_000);
		const { url } = await link(await kept(bytes));
		const hashes = await Promise.all(
			Array.from({ length: 30 }, async () => {
				const body = await (await get(url)).arrayBuffer();
				return createHash('sha256').update(new Uint8Array(body)).digest('hex');
			})
		);
		expect(new Set(hashes)).toEqual(new Set([sha256Of(bytes)]));
	});

	test('a front server can send them instead', async () => {
		const id = await kept(Buffer.concat([wavHead, randomBytes(99)]));
		const { url } = await link(id);
		const talas = { ...t.talas, env: { ...t.talas.env, accelRedirect: '/blobs' } };
		const { headers, status } = await createApp(talas).request(`http://localhost${url}`);
		expect([status, headers.get('content-type')]).toEqual([200, 'audio/wav']);
		expect(headers.get('x-accel-redirect')).toMatch(
			/^\/blobs\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/
		);
	});
});

describe('ranges', () => {
	let nginx: RunningNginx;
	const bytes = Buffer.concat([wavHead, randomBytes(300_000)]);
	let ours: string;
	let theirs: string;

	beforeAll(async () => {
		const folder = join(t.talas.env.dataDir, 'beside');
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'take.wav'), bytes);
		nginx = await startNginx(folder, 'audio/wav');
		theirs = `${nginx.url}/take.wav`;
		ours = server.url + (await link(await kept(bytes))).url;
	});
	afterAll(() => nginx?.close());

	test('of every kind are answered as nginx answers them', async () => {
		const [mine, other] = [await etagOf(ours), await etagOf(theirs)];
		const seen = new Set<number>();
		for (const asked of rangeRequests(20_261_122, 1_500, bytes.length)) {
			const [here, there] = await Promise.all([ask(ours, mine, asked), ask(theirs, other, asked)]);
			expect(here, JSON.stringify(asked)).toEqual(there);
			seen.add(here.status);
		}
		expect([...seen].sort()).toEqual([200, 206, 304, 412, 416]);
	}, 120_000);
});
