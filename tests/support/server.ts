/** The real server, as people start it: a process of its own, on a free port, with its own data. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { root } from '#server/env.ts';
import { copyEmbedded } from './embedded.ts';
import { freePort, pause, temporaryFolder } from './temporary.ts';

export type ServerOptions = {
	/** An address of Postgres; without it the server uses its embedded database. */
	databaseUrl?: string;
	/** Keeps the data of an earlier server; otherwise a new folder, removed by `close`. */
	dataDir?: string;
	port?: number;
	/** More settings, as the README lists them. */
	env?: Record<string, string>;
	/** Runs before the program, for example `['taskset', '-c', '0']`. */
	through?: string[];
};

export type Letter = { to: string; subject: string; text: string };

/** Starts it and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
	const folder = options.dataDir ? undefined : await temporaryFolder();
	const dataDir = options.dataDir ?? (folder?.path as string);
	if (folder && !options.databaseUrl) await copyEmbedded(dataDir);
	const port = options.port ?? (await freePort());
	const server = new RunningServer(options, dataDir, port, async () => folder?.close());
	await server.start();
	return server;
}

export class RunningServer {
	readonly url: string;
	readonly dataDir: string;
	/** All that it has printed, also before a restart. */
	readonly log: string[] = [];
	#program: ChildProcess | undefined;
	#options: ServerOptions;
	#port: number;
	#forget: () => Promise<void>;

	constructor(options: ServerOptions, dataDir: string, port: number, forget: () => Promise<void>) {
		this.url = `http://localhost:${port}`;
		this.#options = options;
		this.dataDir = dataDir;
		this.#port = port;
		this.#forget = forget;
	}

	get pid(): number {
		if (!this.#program?.pid) throw new Error('The server is not running.');
		return this.#program.pid;
	}

	/** Waits until it answers that it is ready; throws with its log if it ends or takes a minute. */
	async start(): Promise<void> {
		const [command = process.execPath, ...args] = [
			...(this.#options.through ?? []),
			process.execPath,
			'server/main.ts'
		];
		const program = spawn(command, args, {
			cwd: root,
			env: this.#environment(),
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#program = program;
		for (const stream of [program.stdout, program.stderr]) {
			createInterface({ input: stream }).on('line', (line) => this.log.push(line));
		}
		for (const end = Date.now() + 60_000; !(await this.#isReady()); await pause(20)) {
			const ended = program.exitCode !== null || program.signalCode !== null;
			if (!ended && Date.now() < end) continue;
			if (!ended) await this.kill('SIGKILL');
			throw new Error(`The server did not start:\n${this.log.join('\n')}`);
		}
	}

	/** Sends a signal and waits for the end; answers the exit code, or the signal that ended it. */
	async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
		const program = this.#program;
		if (!program) throw new Error('The server is not running.');
		const end = program.exitCode ?? program.signalCode;
		if (end !== null) return end;
		const ended = once(program, 'exit') as Promise<[number | null, NodeJS.Signals]>;
		program.kill(signal);
		const [code, endedBy] = await ended;
		return code ?? endedBy;
	}

	/** Stops it and starts it on the same port and data. */
	async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		await this.kill(signal);
		await this.start();
	}

	async close(): Promise<void> {
		await this.kill();
		await this.#forget();
	}

	/** The newest letter to this address: without SMTP, letters are printed in the log. */
	async letterTo(address: string): Promise<Letter> {
		for (let wait = 0; wait < 100; wait++, await pause(50)) {
			const letters = this.log.map(letterIn).filter((letter) => letter?.to === address);
			const newest = letters.at(-1);
			if (newest) return newest;
		}
		throw new Error(`No letter to ${address} in the log.`);
	}

	async #isReady() {
		return fetch(`${this.url}/readyz`).then(
			(answer) => answer.ok,
			() => false
		);
	}

	/** What the machine needs to run a program, and nothing of a Talas set up on it. */
	#environment() {
		const kept = /^(PATH|HOME|TMPDIR|TEMP|TMP|LANG|LC_.*|SystemRoot|TALAS_.*|NODE_.*)$/i;
		const machine = Object.entries(process.env).filter(([name]) => kept.test(name));
		return {
			...Object.fromEntries(machine),
			HOST: 'localhost',
			PORT: String(this.#port),
			DATA_DIR: this.dataDir,
			...(this.#options.databaseUrl && { DATABASE_URL: this.#options.databaseUrl }),
			...this.#options.env
		};
	}
}

function letterIn(line: string): Letter | undefined {
	if (!line.startsWith('{') || !line.includes('"letter"')) return undefined;
	return (JSON.parse(line) as { letter?: Letter }).letter;
}
