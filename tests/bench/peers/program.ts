/** A program beside ours in a bench: started on one core, ready when it has printed its port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { onCore } from '../load.ts';

export type Program = { pid: number; url: string; close: () => Promise<void> };

/** @param file in this folder; it prints the port that it listens on, alone on its first line. */
export async function startProgram(file: string, ...given: string[]): Promise<Program> {
	const [command = '', ...args] = [
		...onCore(0),
		process.execPath,
		join(import.meta.dirname, file),
		...given
	];
	const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(child, 'exit');
	const lines = createInterface({ input: child.stdout });
	const [port] = (await Promise.race([once(lines, 'line'), ended])) as [string | number | null];
	if (typeof port !== 'string') throw new Error(`${file} ended before it listened (${port}).`);
	return {
		pid: child.pid ?? 0,
		url: `http://127.0.0.1:${port}`,
		close: async () => {
			child.kill();
			await ended;
		}
	};
}
