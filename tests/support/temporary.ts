/**
 * Folders and programs that a test run leaves nothing of, even when it is killed: a folder is named
 * after the process that made it, and the next run clears those whose process is gone.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const prefix = 'talas-test-';

/** A new empty folder; `close` removes it. */
export async function temporaryFolder() {
	const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
	return { path, close: () => remove(path) };
}

/** Stops the Postgres servers and removes the folders that killed runs have left. */
export async function clearStale() {
	for (const name of await readdir(tmpdir())) {
		const owner = name.startsWith(prefix) ? parseInt(name.slice(prefix.length)) : NaN;
		if (!owner || isAlive(owner)) continue;
		await stopPostgresIn(join(tmpdir(), name));
		await remove(join(tmpdir(), name));
	}
}

/** A loopback port that is free now. */
export async function freePort(host = 'localhost') {
	const probe = createServer();
	await new Promise<void>((listening, failed) => {
		probe.once('error', failed);
		probe.listen(0, host, listening);
	});
	const { port } = probe.address() as AddressInfo;
	await new Promise((closed) => probe.close(closed));
	return port;
}

async function remove(path: string) {
	await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function stopPostgresIn(folder: string) {
	const note = await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
	const pid = parseInt(note);
	// The number may belong to another program by now.
	if (!pid || !(await commandOf(pid)).includes(folder)) return;
	process.kill(pid, 'SIGQUIT');
	for (let wait = 0; wait < 50 && isAlive(pid); wait++) await pause(100);
}

async function commandOf(pid: number) {
	if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
	const asked = promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
	return asked.then(
		({ stdout }) => stdout,
		() => ''
	);
}

function isAlive(pid: number) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

export function pause(milliseconds: number) {
	return new Promise<void>((over) => setTimeout(over, milliseconds));
}
