/**
 * The response of every request. Headers are added here, below the app, so that no route, file,
 * or fault can be answered without them, and at a tenth of what Hono's own middleware costs
 * (see docs/decisions/0005).
 */
import { ServerResponse, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { securityHeaders } from './security-headers.ts';

const boot = Date.now().toString(36);
let count = 0;

/** Unique over nodes and restarts for all practical purposes; tells nothing secret. */
export function newRequestId(): string {
	return `${boot}-${process.pid.toString(36)}-${(count++).toString(36)}`;
}

export class Reply extends ServerResponse<IncomingMessage> {
	readonly requestId = newRequestId();
	readonly #startedAt = performance.now();

	/** Told of each answer: status and milliseconds. */
	static onAnswer: (status: number, duration: number) => void = () => {};

	override writeHead(
		status: number,
		messageOrHeaders?: string | OutgoingHttpHeaders | unknown[],
		more?: OutgoingHttpHeaders | unknown[]
	): this {
		const headers = typeof messageOrHeaders === 'string' ? more : (messageOrHeaders ?? more);
		Reply.onAnswer(status, performance.now() - this.#startedAt);
		if (headers === undefined || Array.isArray(headers)) return this.#setEach(status, headers);
		const all = headers as OutgoingHttpHeaders;
		for (const name in securityHeaders) all[name] ??= securityHeaders[name];
		all['x-request-id'] = this.requestId;
		return super.writeHead(status, all);
	}

	/** The rare ways to answer: no headers at all, or a flat list of them. */
	#setEach(status: number, headers: unknown[] = []) {
		for (const name in securityHeaders) {
			if (!this.hasHeader(name)) this.setHeader(name, securityHeaders[name] ?? '');
		}
		this.setHeader('x-request-id', this.requestId);
		for (let i = 0; i < headers.length; i += 2) {
			this.setHeader(String(headers[i]), headers[i + 1] as string | string[]);
		}
		return super.writeHead(status);
	}
}
