/** `node broadcast.ts`: bare `ws`; what one socket says on `/say` is sent to each of the others. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const listeners = new Set<WebSocket>();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket, request) => {
	if (request.url !== '/say') {
		listeners.add(socket);
		socket.on('close', () => listeners.delete(socket));
		return;
	}
	socket.on('message', (data) => {
		const text = String(data);
		for (const listener of listeners) listener.send(text);
	});
});
server.on('listening', () => console.log((server.address() as AddressInfo).port));
