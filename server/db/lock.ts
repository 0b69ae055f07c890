/** One process at a time in a data directory. A lock whose process has died is taken over. */
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds; clearing takes a few. */
const abandoned = 5_000;

/** Locks `directory` for this process; throws politely if another Talas works in it. */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
	const path = join(directory, 'talas.lock');
	const mine = `${process.pid} ${await startOf(process.pid)}`;
	for (let attempt = 0; attempt < 100; attempt++) {
		if (await create(path, mine)) return () => rm(path, { force: true });
		const holder = await read(path);
		if (holder !== undefined) await refuseIfAlive(directory, holder);
		if (holder !== undefined) await removeStale(directory, path);
	}
	throw inUse(directory);
}

function create(path: string, mine: string) {
	return writeFile(path, mine, { flag: 'wx' }).then(
		() => true,
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'EEXIST') return false;
			throw error;
		}
	);
}

function read(path: string) {
	return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	});
}

async function refuseIfAlive(directory: string, holder: string) {
	const [pid = '', start] = holder.split(' ');
	if (isAlive(Number(pid)) && (await startOf(Number(pid))) === start) throw inUse(directory, pid);
}

/** Only one process at a time may clear a lock away, and it looks again before it does. */
async function removeStale(directory: string, path: string) {
	const clearing = `${path}.clearing`;
	if (!(await make(clearing))) return;
	try {
		const holder = await read(path);
		if (holder === undefined) return;
		await refuseIfAlive(directory, holder);
		await rm(path, { force: true });
	} finally {
		await rmdir(clearing);
	}
}

/** Makes the folder that only one can make; one that was left by a kill goes after a while. */
async function make(clearing: string) {
	try {
		await mkdir(clearing);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	const made = await stat(clearing).catch(() => undefined);
	if (made && Date.now() - made.mtimeMs > abandoned) await rm(clearing, { recursive: true });
	else await setTimeout(50);
	return false;
}

function inUse(directory: string, pid?: string) {
	const by = pid ? ` (process ${pid})` : '';
	return new Error(
		`Another Talas${by} already uses ${directory}. Stop it first, or choose another DATA_DIR.`
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

/** When a process started, so that a pid used again after a restart is not mistaken for it. Linux only. */
async function startOf(pid: number) {
	if (process.platform !== 'linux') return '-';
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
}
