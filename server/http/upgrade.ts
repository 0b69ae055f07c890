/** Sockets begin as HTTP requests: who may open one, and who takes it over. */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Env } from '#server/env.ts';

export type TakeOver = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Hands each upgrade to the one that serves its path; `takers` are asked in order. */
export function onUpgrade(
	server: EventEmitter,
	env: Env,
	takers: [path: RegExp, takeOver: TakeOver][]
): void {
	server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		socket.on('error', () => socket.destroy());
		const path = request.url?.split('?')[0] ?? '';
		const [, takeOver] = takers.find(([pattern]) => pattern.test(path)) ?? [];
		if (!takeOver) return refuse(socket, '404 Not Found');
		// A page of another site could open it too; browsers tell where it comes from.
		if (!isOurs(request, env)) return refuse(socket, '403 Forbidden');
		takeOver(request, socket, head);
	});
}

/** The access token that a browser can only send as a subprotocol: `talas, bearer.<jwt>`. */
export function tokenIn(request: IncomingMessage): string | undefined {
	const offered = request.headers['sec-websocket-protocol'] ?? '';
	const bearer = offered.split(',').find((protocol) => protocol.trim().startsWith('bearer.'));
	return bearer?.trim().slice('bearer.'.length);
}

/** Programs send no origin: they have no cookies of anyone to misuse. */
function isOurs({ headers }: IncomingMessage, env: Env) {
	const { origin, host } = headers;
	if (origin === undefined || origin === env.publicUrl) return true;
	return URL.canParse(origin) && new URL(origin).host === host;
}

function refuse(socket: Duplex, status: string) {
	socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
