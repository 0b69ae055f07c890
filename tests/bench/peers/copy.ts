/** `node copy.ts <folder>`: a raw socket whose bytes go into a file, flushed; says `done` after. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const path = join(process.argv[2] ?? '', 'copy');
const server = createServer({ allowHalfOpen: true }, async (socket) => {
	await pipeline(socket, createWriteStream(path, { flush: true }), { end: true });
	await rm(path);
	socket.end('done');
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
