/** The process that `load.ts` starts: `node load-generator.ts <Load as JSON>`; prints Loaded as JSON. */
import { connect, type Socket } from 'node:net';
import type { Load, Loaded } from './load.ts';

const order = JSON.parse(process.argv[2] ?? '') as Load;
const { url, connections, seconds, headers = {}, patience = 10 } = order;
const { hostname, port, pathname, search, host } = new URL(url);
const request = Buffer.from(
	[
		`GET ${pathname}${search} HTTP/1.1`,
		`Host: ${host}`,
		...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
		'\r\n'
	].join('\r\n')
);

const waits: number[] = [];
let errors = 0;
let timedOut = 0;
const end = performance.now() + seconds * 1_000;

/** One socket: asks, reads the whole answer, asks again. */
class Connection {
	#socket: Socket;
	#rest: Buffer = Buffer.alloc(0);
	#askedAt = 0;
	#done: () => void;

	constructor(done: () => void) {
		this.#done = done;
		this.#socket = this.#open();
	}

	#open() {
		const socket = connect({ host: hostname, port: Number(port), noDelay: true });
		socket.setTimeout(patience * 1_000, () => this.#again(() => timedOut++));
		socket.once('connect', () => this.#ask());
		socket.on('data', (piece) => this.#read(piece));
		socket.on('error', () => this.#again(() => errors++));
		socket.on('end', () => this.#again(() => errors++));
		return socket;
	}

	#ask() {
		this.#askedAt = performance.now();
		this.#socket.write(request);
	}

	#read(piece: Buffer) {
		this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
		const answer = lengthOf(this.#rest);
		if (answer === undefined || this.#rest.length < answer.length) return;
		if (answer.status < 200 || answer.status > 299) errors++;
		waits.push(performance.now() - this.#askedAt);
		this.#rest = Buffer.alloc(0);
		if (performance.now() < end) this.#ask();
		else this.#close();
	}

	#again(count: () => void) {
		count();
		this.#socket.destroy();
		this.#rest = Buffer.alloc(0);
		if (performance.now() < end) this.#socket = this.#open();
		else this.#done();
	}

	#close() {
		this.#socket.removeAllListeners();
		this.#socket.destroy();
		this.#done();
	}
}

/** The whole length of the answer that begins here, or nothing as long as that is not known. */
function lengthOf(bytes: Buffer) {
	const head = bytes.indexOf('\r\n\r\n');
	if (head < 0) return undefined;
	const text = bytes.toString('latin1', 0, head);
	const status = Number(text.slice(9, 12));
	const declared = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
	if (declared !== undefined) return { status, length: head + 4 + Number(declared) };
	if (status === 204 || status === 304) return { status, length: head + 4 };
	// Chunked: the empty last chunk ends it.
	return bytes.subarray(-5).equals(lastChunk) ? { status, length: bytes.length } : undefined;
}

const lastChunk = Buffer.from('0\r\n\r\n');

const startedAt = performance.now();
const startedWith = process.cpuUsage();
await Promise.all(
	Array.from({ length: connections }, () => new Promise<void>((done) => new Connection(done)))
);
const took = performance.now() - startedAt;
const { user, system } = process.cpuUsage(startedWith);
const sorted = Float64Array.from(waits).sort();
const at = (part: number) =>
	sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
const loaded: Loaded = {
	answers: sorted.length,
	perSecond: (sorted.length / took) * 1_000,
	p50: at(0.5),
	p99: at(0.99),
	highest: at(1),
	errors,
	timedOut,
	generatorBusy: (user + system) / 1_000 / took
};
console.log(JSON.stringify(loaded));
