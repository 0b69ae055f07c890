/** Somebody who uploads, by hand: each step of tus as it is, and cuts where one likes. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { pause } from './temporary.ts';

export type Uploader = { url: string; token: string };
type Headers = Record<string, string>;

export const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export async function tus(
	{ url, token }: Uploader,
	method: string,
	path: string,
	headers: Headers = {},
	body?: Buffer
): Promise<Response> {
	return fetch(new URL(path, url), {
		method,
		headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', ...headers },
		...(body && { body: new Uint8Array(body) })
	});
}

export function metadata(entries: Record<string, string>): string {
	return Object.entries(entries)
		.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
		.join(',');
}

/** Begins an upload; answers its path. */
export async function begin(me: Uploader, fileId: string, size: number): Promise<string> {
	const headers = { 'upload-length': String(size), 'upload-metadata': metadata({ fileId }) };
	const answer = await tus(me, 'POST', '/api/uploads', headers);
	if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
	return answer.headers.get('location') ?? '';
}

export function send(
	me: Uploader,
	path: string,
	offset: number,
	chunk: Buffer,
	more: Headers = {}
) {
	const type = { 'content-type': 'application/offset+octet-stream' };
	return tus(me, 'PATCH', path, { ...type, 'upload-offset': String(offset), ...more }, chunk);
}

export async function offsetOf(me: Uploader, path: string): Promise<number> {
	const answer = await tus(me, 'HEAD', path);
	if (answer.status !== 200) throw new Error(`${answer.status}`);
	return Number(answer.headers.get('upload-offset'));
}

/** Sends a chunk on a connection that breaks after `cut` bytes of it. */
export async function sendAndCut(
	{ url, token }: Uploader,
	path: string,
	offset: number,
	chunk: Buffer,
	cut: number
): Promise<void> {
	const { port, hostname } = new URL(url);
	const socket = connect(Number(port), hostname);
	const closed = new Promise<void>((done) => socket.once('close', () => done()));
	socket.on('error', () => socket.destroy());
	socket.write(
		[
			`PATCH ${path} HTTP/1.1`,
			`host: ${hostname}`,
			`authorization: Bearer ${token}`,
			'tus-resumable: 1.0.0',
			'content-type: application/offset+octet-stream',
			`upload-offset: ${offset}`,
			`content-length: ${chunk.length}`,
			'\r\n'
		].join('\r\n')
	);
	const sent = new Promise<void>((done) => socket.write(chunk.subarray(0, cut), () => done()));
	await Promise.race([sent, closed]);
	await pause(5);
	socket.destroy();
	await closed;
}
