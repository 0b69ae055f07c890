/**
 * Writes stored bytes straight to Node's response: Web streams cost several times as much. One block
 * is on its way at a time, and nothing is read for a client that does not take it or has gone.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { blockSize, type Blocks } from '#server/storage/blocks.ts';
import type { Opened } from '#server/storage/storage.ts';
import type { Range } from './ranges.ts';

/** To whom, and of what. */
export type Sender = { reply: ServerResponse; blocks: Blocks; opened: Opened };

/** Sends the ranges as the body; answers whether the client stayed to the end. */
export async function sendRange(sender: Sender, { start, end }: Range): Promise<boolean> {
	for (let at = start; at < end;) {
		const n = Math.floor(at / blockSize);
		const block = await sender.blocks.block(sender.opened, n);
		const piece = block.subarray(at - n * blockSize, end - n * blockSize);
		if (!(await put(sender.reply, piece))) return false;
		at += piece.length;
	}
	return true;
}

/** Several ranges in one body: `multipart/byteranges` (RFC 9110, section 14.6). */
export class Multipart {
	readonly type: string;
	readonly length: number;
	#parts: { head: Buffer; range: Range }[];
	#tail: Buffer;

	constructor(ranges: Range[], type: string, size: number) {
		const boundary = randomBytes(12).toString('hex');
		this.type = `multipart/byteranges; boundary=${boundary}`;
		this.#parts = ranges.map((range) => ({
			range,
			head: Buffer.from(
				`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`
			)
		}));
		this.#tail = Buffer.from(`\r\n--${boundary}--\r\n`);
		this.length = this.#parts.reduce(
			(sum, { head, range }) => sum + head.length + range.end - range.start,
			this.#tail.length
		);
	}

	async send(sender: Sender): Promise<boolean> {
		for (const { head, range } of this.#parts) {
			if (!(await put(sender.reply, head)) || !(await sendRange(sender, range))) return false;
		}
		return put(sender.reply, this.#tail);
	}
}

export function contentRange({ start, end }: Range, size: number): string {
	return `bytes ${start}-${end - 1}/${size}`;
}

function put(reply: ServerResponse, piece: Buffer): boolean | Promise<boolean> {
	if (reply.destroyed || reply.closed) return false;
	return reply.write(piece) || room(reply);
}

/** Waits until the client has taken what it was sent, or has gone. */
function room(reply: ServerResponse) {
	return new Promise<boolean>((answer) => {
		const settle = (stayed: boolean) => {
			reply.off('drain', drained).off('close', gone);
			answer(stayed);
		};
		const drained = () => settle(true);
		const gone = () => settle(false);
		reply.on('drain', drained).on('close', gone);
	});
}
