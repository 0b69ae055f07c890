import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app.ts';
import { sweeps, takeUp } from './domains.ts';
import type { Env } from './env.ts';
import { Reply } from './http/reply.ts';
import { shell } from './http/shell.ts';
import { onUpgrade } from './http/upgrade.ts';
import { openTalas } from './open.ts';
import type { Talas } from './talas.ts';

/** A stop waits so long for requests to finish, in milliseconds. */
const patience = 8_000;
const sweepEvery = 3_600_000;

type HttpServer = Server<typeof IncomingMessage, typeof Reply>;

export type Serving = { port: number; welcome: string; stop: () => Promise<void> };

/** Opens a Talas and serves it. */
export async function serve(env: Env): Promise<Serving> {
	const talas = await openTalas(env);
	const http = await startHttp(talas).catch(async (error) => {
		await talas.close();
		throw error;
	});
	talas.later('what a stop has left', () => takeUp(talas));
	const sweeping = setInterval(() => sweep(talas), sweepEvery).unref();
	talas.log.info({ port: http.port, database: talas.database.kind }, 'Talas serves');
	return {
		port: http.port,
		welcome: welcomeTo(env, http.port),
		stop: async () => {
			clearInterval(sweeping);
			await http.stop();
			await talas.close();
		}
	};
}

/** Serves an open Talas on HTTP and sockets. */
export async function startHttp(talas: Talas): Promise<Pick<Serving, 'port' | 'stop'>> {
	const app = createApp(talas);
	app.route('/', await shell(talas.env.buildDir));
	const server = createServer({ ServerResponse: Reply }, getRequestListener(app.fetch) as never);
	onUpgrade(server, talas.env, [
		[/^\/api\/live$/, (request, socket, head) => talas.live.upgrade(request, socket, head)]
	]);
	const port = await listen(server, talas.env);
	return {
		port,
		stop: async () => {
			talas.live.close();
			await stopServer(server);
		}
	};
}

async function listen(server: HttpServer, env: Env) {
	server.listen(env.port, env.host);
	await once(server, 'listening').catch((error) => Promise.reject(plainly(error, env)));
	return (server.address() as AddressInfo).port;
}

function plainly(error: NodeJS.ErrnoException, { port, host }: Env) {
	if (error.code === 'EADDRINUSE') {
		return new Error(`Something already listens on port ${port}. Choose another: PORT=${port + 1}`);
	}
	if (error.code === 'EACCES') return new Error(`Port ${port} is not allowed to this account.`);
	if (error.code === 'ENOTFOUND') return new Error(`HOST=${host} is no address of this machine.`);
	return error;
}

/** Lets requests finish, then closes what is left. */
async function stopServer(server: HttpServer) {
	const closed = once(server, 'close');
	server.close();
	server.closeIdleConnections();
	const timer = setTimeout(() => server.closeAllConnections(), patience);
	await closed;
	clearTimeout(timer);
}

function sweep(talas: Talas) {
	talas.later('the hourly sweep', async () => {
		for (const each of sweeps) await each(talas);
	});
}

function welcomeTo(env: Env, port: number) {
	const address = env.port === port ? env.publicUrl : `http://localhost:${port}`;
	return `
  Talas serves at ${address}

  Open it in a browser and make the first account: it runs this Talas.
  What it keeps lies in ${env.databaseUrl ? 'your Postgres and in ' : ''}${env.dataDir}
  Stop it with Ctrl+C.
`;
}
