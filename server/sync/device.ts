import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { LiveMessage, Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Acting } from '#server/http/tokens.ts';

/** Bytes that may wait for one device before it is told to pull instead. */
const mostWaiting = 1 << 20;
/** Milliseconds after which a device that does not read is let go. */
const patience = 60_000;

/** A message as it goes over the wire, made once for everyone: one text frame (RFC 6455, 5.2). */
export function frame(message: LiveMessage): Buffer {
	const payload = Buffer.from(JSON.stringify(message));
	const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
	head[0] = 0x81;
	head[1] = head.length === 2 ? payload.length : head.length === 4 ? 126 : 127;
	if (head.length === 4) head.writeUInt16BE(payload.length, 2);
	if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
	return Buffer.concat([head, payload]);
}

const pull = frame({ t: 'pull' });

/** One socket of a device, and what it may hear. */
export class Device {
	readonly ws: WebSocket;
	readonly acting: Acting;
	/** The scope of each membership; null where one has ended. */
	readonly memberships = new Map<Id, Scope | null>();
	/** Whether its memberships are known: before that it gets no feed. */
	opened = false;
	expiresAt: number;
	heardAt = Date.now();
	messages = 0;
	#socket: Duplex;
	#queue: Buffer[] = [];
	#fullSince: number | undefined;

	constructor(ws: WebSocket, socket: Duplex, acting: Acting, expiresAt: number) {
		this.ws = ws;
		this.#socket = socket;
		this.acting = acting;
		this.expiresAt = expiresAt;
	}

	queue(framed: Buffer): void {
		if (this.#fullSince === undefined) this.#queue.push(framed);
	}

	/** Hands what is queued to the kernel in one go. */
	write(): void {
		const queued = this.#queue.splice(0);
		if (queued.length === 0 || this.ws.readyState !== this.ws.OPEN) return;
		this.#socket.cork();
		for (const framed of queued) this.#socket.write(framed);
		this.#socket.uncork();
		if (this.#socket.writableLength > mostWaiting) this.#wait();
	}

	close(code: number, reason: string): void {
		this.opened = false;
		this.ws.close(code, reason);
	}

	isStuck(now: number): boolean {
		return this.#fullSince !== undefined && now - this.#fullSince > patience;
	}

	/** Keeps nothing more for it until it has read; then it pulls what it missed. */
	#wait() {
		this.#fullSince = Date.now();
		this.#socket.once('drain', () => {
			this.#fullSince = undefined;
			this.queue(pull);
			this.write();
		});
	}
}
