/**
 * Load on an HTTP server from a second process, on another core than the server's where that can
 * be had: raw sockets, kept alive, one request in flight on each (no pipelining).
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

export type Load = {
	url: string;
	connections: number;
	seconds: number;
	headers?: Record<string, string>;
	/** A request that takes longer is given up and counted as timed out; 10 s if not said. */
	patience?: number;
};

export type Loaded = {
	answers: number;
	perSecond: number;
	/** Milliseconds. */
	p50: number;
	p99: number;
	highest: number;
	/** Answers that were no 2xx, and connections that broke. */
	errors: number;
	timedOut: number;
	/** 0 to 1, of one core: near 1 the generator was the limit, and the server could do more. */
	generatorBusy: number;
};

/** Runs the load and tells what came back; throws if nothing did. */
export async function load(order: Load): Promise<Loaded> {
	const program = join(import.meta.dirname, 'load-generator.ts');
	const [command = '', ...args] = [...onCore(1), process.execPath, program, JSON.stringify(order)];
	const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	let said = '';
	child.stdout.on('data', (piece) => (said += piece));
	const code = await new Promise((ended) => child.once('close', ended));
	if (code !== 0) throw new Error(`The load generator failed (${code}): ${said}`);
	const loaded = JSON.parse(said) as Loaded;
	if (loaded.answers === 0) throw new Error(`Nothing came back from ${order.url}: ${said}`);
	return loaded;
}

/** What to start a program through so that it stays on one core; nothing where that cannot be had. */
export function onCore(core: number): string[] {
	const pinned = ['taskset', '-c', String(core)];
	const can = cpus().length > core && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
	return can ? pinned : [];
}

/**
 * Processor time that a process has used, in microseconds: all its threads, in user and kernel.
 * NaN where /proc is not there. Clock ticks are 100 a second on every Linux that Node runs on.
 */
export function processorTime(pid: number): number {
	const stat = read(`/proc/${pid}/stat`);
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Resident memory of a process in MiB; NaN where /proc is not there. */
export function memory(pid: number): number {
	return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1]) / 1_024;
}

function read(path: string) {
	return process.platform === 'linux' ? readFileSync(path, 'utf8') : '';
}
