/**
 * Runs once beside all test files and hands them databases (see `database.ts`). Nothing starts
 * before a test asks: a run without databases pays for none.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { copyEmbedded } from './embedded.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { temporaryFolder } from './temporary.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Where `database.ts` asks for databases. */
		databases: string;
	}
}

export default async function setup(project: TestProject) {
	const lender = new Lender();
	const server = createServer(async (request, response) => {
		try {
			response.end(JSON.stringify(await lender.answer(request)));
		} catch (error) {
			response.statusCode = 500;
			response.end(error instanceof Error ? error.stack : String(error));
		}
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	project.provide('databases', `http://127.0.0.1:${port}`);
	return () => lender.close(server);
}

class Lender {
	#folder = temporaryFolder();
	#postgres: Promise<Postgres> | undefined;
	/** One copy at a time, so that the original is made once. */
	#copying: Promise<unknown> = Promise.resolve();
	#copies = 0;

	async answer({ method, url = '' }: IncomingMessage): Promise<{ place: string }> {
		const { pathname, searchParams } = new URL(url, 'http://databases');
		const place = searchParams.get('place');
		if (pathname === '/postgres') return this.#lendPostgres(method === 'DELETE' ? place : null);
		return this.#lendEmbedded(method === 'DELETE' ? place : null);
	}

	async #lendPostgres(returned: string | null) {
		this.#postgres ??= startPostgres();
		const postgres = await this.#postgres;
		if (!returned) return { place: await postgres.create() };
		await postgres.drop(returned);
		return { place: returned };
	}

	async #lendEmbedded(returned: string | null) {
		if (returned) {
			await rm(returned, { recursive: true, force: true });
			return { place: returned };
		}
		const place = join((await this.#folder).path, String(++this.#copies));
		const copied = this.#copying.catch(() => undefined).then(() => copyEmbedded(place));
		this.#copying = copied;
		await copied;
		return { place };
	}

	async close(server: Server) {
		server.closeAllConnections();
		server.close();
		const postgres = await this.#postgres?.catch(() => undefined);
		await postgres?.close();
		await (await this.#folder).close();
	}
}
