/** What start.js and test.js share: the folder, plain sentences instead of stack traces, and child programs. */
import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
export const windows = process.platform === 'win32';

/** A reason that a person can act on: it is printed as a sentence, without a stack. */
export class Plain extends Error {}

/**
 * Runs a tool's story and ends the process with its answer.
 * @param {() => Promise<number>} story
 */
export async function tell(story) {
	try {
		process.exitCode = await story();
	} catch (error) {
		console.error(error instanceof Plain ? `\n${error.message}` : error);
		process.exitCode = 1;
	}
}

/**
 * Runs a program to its end, printing what it prints; answers its exit code (1 if a signal or the
 * time limit ended it, 127 if there is no such program).
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean, timeout?: number }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {}, quiet = false, timeout = 0 } = {}) {
	return new Promise((done) => {
		const child = spawn(command, args, {
			cwd: root,
			env: { ...process.env, ...env },
			stdio: quiet ? 'ignore' : ['ignore', 'inherit', 'inherit'],
			timeout
		});
		child.once('error', () => done(127));
		child.once('exit', (code) => done(code ?? 1));
	});
}

/**
 * Runs npm on the machine's own Node: the one in node_modules may be what npm is about to replace.
 * The scripts that npm runs still find node_modules/.bin first, for npm puts it there itself.
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function npm(args, env = {}) {
	const given = { ...env, ...pathWithoutOurs(), npm_config_loglevel: 'notice' };
	// On Windows npm is a .cmd file, which only a shell runs; every argument here is our own.
	if (windows) return run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], { env: given });
	return run('npm', args, { env: given });
}

function pathWithoutOurs() {
	const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
	const ours = join(root, 'node_modules');
	const places = (process.env[name] ?? '').split(delimiter);
	return { [name]: places.filter((place) => !resolve(place).startsWith(ours)).join(delimiter) };
}
