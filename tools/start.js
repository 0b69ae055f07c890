/**
 * `npm start` and `npm run dev`: whatever is missing is installed and built first.
 * Plain JavaScript without packages, since it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { build, isBuilt } from './build.js';
import { install } from './install.js';
import { nodeForServer } from './node.js';
import { Plain, root, tell, windows } from './run.js';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

const port = Number(process.env.PORT || 4000);
const host = process.env.HOST || 'localhost';

const noBuild = [
	'The app is not built, and what builds it is not installed here.',
	'Run `npm ci && npm run build` first; afterwards `npm prune --omit=dev` is fine.'
].join('\n');
const another = 'Choose another one with the setting PORT, for example PORT=4100.';
const taken = `Port ${port} is taken: another program, or another Talas, listens there. ${another}`;

await tell(process.argv.includes('--dev') ? develop : serve);

async function serve() {
	const installed = await install();
	const node = nodeForServer();
	if (installed === 'everything') await build();
	else if (!isBuilt()) throw new Plain(noBuild);
	await mustBeFree();
	return lastTogether([start(node, ['server/main.ts'])]);
}

/** The page on the usual port, from Vite, which hands what it does not know to the server. */
async function develop() {
	if ((await install()) !== 'everything') {
		throw new Plain('Developing needs the development packages: run `npm ci --include=dev`.');
	}
	const node = nodeForServer();
	if (!isBuilt()) await build(); // The server has a page of its own, also when Vite shows another.
	await mustBeFree();
	const serverPort = await anyFreePort();
	const server = { PORT: String(serverPort), HOST: 'localhost', PUBLIC_URL: address() };
	const vite = join('node_modules', 'vite', 'bin', 'vite.js');
	return lastTogether([
		start(node, ['--watch', '--watch-preserve-output', 'server/main.ts'], server),
		start(node, [vite, 'dev', '--host', host, '--port', String(port), '--strictPort'], {
			TALAS_SERVER: `http://localhost:${serverPort}`
		})
	]);
}

function address() {
	return process.env.PUBLIC_URL || `http://localhost:${port}`;
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function start(node, args, env = {}) {
	return spawn(node, args, {
		cwd: root,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'inherit', 'inherit']
	});
}

/**
 * Keeps programs together: signals reach all of them, and when one ends the others do.
 * @param {ChildProcess[]} programs
 * @returns {Promise<number>} the exit code of the one that ended first
 */
async function lastTogether(programs) {
	passSignalsOn(programs);
	const ends = programs.map((program) => endOf(program));
	const code = await Promise.race(ends);
	for (const program of programs) program.kill('SIGTERM');
	await Promise.all(ends);
	return code;
}

/**
 * @param {ChildProcess} program
 * @returns {Promise<number>}
 */
async function endOf(program) {
	const [code, signal] = await once(program, 'exit');
	return code ?? 128 + (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? 0);
}

/** @param {ChildProcess[]} programs */
function passSignalsOn(programs) {
	for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
		let last = 0;
		process.on(signal, () => {
			// A terminal sends Ctrl-C to the whole group, and npm sends signals on as well: a second
			// one from us would look like someone impatient.
			const already = (signal === 'SIGINT' && process.stdin.isTTY) || Date.now() - last < 500;
			last = Date.now();
			if (!already && !windows) for (const program of programs) program.kill(signal);
		});
	}
}

async function mustBeFree() {
	const problem = await listenOn(port);
	if (problem === 'EADDRINUSE') throw new Plain(taken);
	if (problem === 'EACCES') throw new Plain(`This account may not use port ${port}. ${another}`);
}

/**
 * @param {number} wanted
 * @returns {Promise<string | undefined>} why it cannot be had
 */
async function listenOn(wanted) {
	if (!(wanted > 0 && wanted < 65_536)) return undefined; // The server has the words for that.
	const probe = createServer();
	const problem = await new Promise((done) => {
		probe.once('error', (error) => done(/** @type {NodeJS.ErrnoException} */ (error).code));
		probe.listen(wanted, host, () => done(undefined));
	});
	probe.close();
	return problem;
}

async function anyFreePort() {
	const probe = createServer().listen(0, 'localhost');
	await once(probe, 'listening');
	const found = probe.address();
	probe.close();
	await once(probe, 'close');
	if (!found || typeof found === 'string') throw new Plain('No port is free on this machine.');
	return found.port;
}
