/** Requests for parts of a file, of every kind that people and programs send, and what came back. */
import { createHash } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';

export type RangeRequest = { method: 'GET' | 'HEAD'; headers: Record<string, string> };

/** What is compared: boundaries, entity tags and the words of a refusal differ by nature. */
export type Said = {
	status: number;
	contentRange: string | undefined;
	length: string | undefined;
	parts: string[];
};

/** Placeholder for the entity tag of the server that is asked. */
const tag = '"TAG"';

/** Pseudo-random requests: the same for the same seed (mulberry32). */
export function* rangeRequests(seed: number, count: number, size: number): Generator<RangeRequest> {
	let state = seed;
	const random = () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	const below = (n: number) => Math.floor(random() * n);
	const pick = <T>(...from: T[]) => from[below(from.length)] as T;
	const at = () => pick(0, 1, size - 1, size, size + 1, below(size), below(size), below(size * 2));
	const space = () => (random() < 0.05 ? ' ' : '');
	const part = (): string =>
		pick(
			() => `${at()}-${at()}`,
			() => `${at()}-`,
			() => `-${at()}`,
			() => `${below(size)}-${below(size)}`,
			() => `${space()}${at()}${space()}-${space()}${at()}${space()}`,
			() => pick('', '-', 'a-b', '1-x', '--5', '5--', '0x1-5', '+1-5', '1.5-9', '-0', '00-009'),
			() =>
				pick(
					'0-99999999999999999999',
					'99999999999999999999-',
					'-9223372036854775807',
					'1-9223372036854775807',
					'9007199254740993-'
				)
		)();
	const range = (): string =>
		pick(
			() => `bytes=${part()}`,
			() => `bytes=${Array.from({ length: 2 + below(4) }, part).join(',')}`,
			() =>
				`bytes=${Array.from({ length: 2 + below(40) }, () => `${below(size)}-${below(size)}`).join(', ')}`,
			() =>
				pick(
					'bytes=',
					'bytes',
					'items=0-5',
					'BYTES=0-9',
					'Bytes=5-',
					'bytes =0-5',
					'seconds=1-2',
					'bytes=0-1;',
					'none'
				)
		)();
	for (let n = 0; n < count; n++) {
		const headers: Record<string, string> = {};
		if (random() < 0.9) headers.range = range();
		if (random() < 0.2) {
			headers['if-range'] = pick(tag, `W/${tag}`, '"other"', 'Sun, 06 Nov 1994 08:49:37 GMT', 'x');
		}
		if (random() < 0.15) {
			headers['if-none-match'] = pick(
				tag,
				`W/${tag}`,
				'*',
				'"other"',
				`"other", ${tag}`,
				`W/"a",W/${tag} , "b"`
			);
		}
		if (random() < 0.05) headers['if-match'] = pick(tag, `W/${tag}`, '*', '"other"');
		yield { method: random() < 0.2 ? 'HEAD' : 'GET', headers };
	}
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Asks, with the entity tag of this server where the request has a place for it. */
export async function ask(url: string, etag: string, asked: RangeRequest): Promise<Said> {
	const headers = Object.fromEntries(
		Object.entries(asked.headers).map(([name, value]) => [name, value.replaceAll(tag, etag)])
	);
	const answer = await open(url, asked.method, headers);
	const chunks: Buffer[] = [];
	for await (const chunk of answer) chunks.push(chunk as Buffer);
	return said(asked.method, answer, Buffer.concat(chunks));
}

/** A server may close a kept connection just as it is used again; then another one is tried. */
function open(url: string, method: string, headers: Record<string, string>) {
	return new Promise<IncomingMessage>((got, failed) => {
		const asking = request(url, { method, headers, agent }, got);
		asking.on('error', (error) =>
			asking.reusedSocket ? open(url, method, headers).then(got, failed) : failed(error)
		);
		asking.end();
	});
}

export async function etagOf(url: string): Promise<string> {
	return (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? '';
}

function said(
	method: string,
	{ statusCode: status = 0, headers }: IncomingMessage,
	body: Buffer
): Said {
	const several = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
	const counts = (status === 200 || status === 206) && !several;
	const parts = several ? partsIn(body, several) : counts ? [hash(body)] : [];
	return {
		status,
		contentRange: headers['content-range'],
		length: counts && method === 'HEAD' ? headers['content-length'] : undefined,
		parts
	};
}

/** Each part of a multipart body: its range, and a hash of its bytes. */
function partsIn(body: Buffer, boundary: string) {
	const parts: string[] = [];
	const line = Buffer.from(`\r\n--${boundary}`);
	for (let at = body.indexOf(line); at >= 0;) {
		const head = body.indexOf('\r\n\r\n', at);
		const next = body.indexOf(line, at + line.length);
		if (head < 0 || next < 0) break;
		const range = /content-range: (.+)\r\n/i.exec(body.toString('latin1', at, head + 2))?.[1];
		parts.push(`${range} ${hash(body.subarray(head + 4, next))}`);
		at = next;
	}
	return parts;
}

function hash(bytes: Buffer) {
	return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
