/** One process at a time in a data directory. A lock whose process has died is taken over. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Locks `directory` for this process; throws politely if another Talas works in it. */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
	const path = join(directory, 'talas.lock');
	const mine = `${process.pid} ${await startOf(process.pid)}`;
	for (let attempt = 0; attempt < 10; attempt++) {
		if (await create(path, mine)) return () => rm(path, { force: true });
		const holder = await read(path);
		if (holder !== undefined) await refuseIfAlive(directory, holder);
		if (holder !== undefined) await removeStale(path, holder);
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

/** Moves the stale lock away first: of two processes that found it, only one succeeds. */
async function removeStale(path: string, holder: string) {
	const aside = `${path}.${process.pid}`;
	try {
		await rename(path, aside);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	if ((await read(aside)) !== holder) await rename(aside, path);
	else await rm(aside, { force: true });
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
