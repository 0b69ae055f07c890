/**
 * Builds of the app that journeys serve: the one at hand, and those that are deployed after it. They
 * are made from a copy of the sources, so that nothing a person does meanwhile reaches into them,
 * and kept between runs under a name that changes with the sources.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
	cp,
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	symlink,
	writeFile
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '#server/env.ts';
import { fingerprint, isCurrent, sources } from '../../tools/build.js';
import { temporaryFolder } from './temporary.ts';

const kept = join(root, 'tests', '.artifacts', 'builds');
const day = 86_400_000;

/** The folder of the app as it is now. Playwright asks before the first journey (`globalSetup`). */
export async function buildNow(): Promise<string> {
	const name = fingerprint();
	await forgetOld();
	return keep(join(name, 'now'), (draft) =>
		isCurrent(name) ? cp(join(root, 'build'), draft, { recursive: true }) : make(draft)
	);
}

/** The version after it: it has another name, and says so on the page of storage. */
export async function buildNext(): Promise<string> {
	return keep(join(fingerprint(), 'next'), (draft) => make(draft, nextVersion));
}

export const nextVersion = 'the next one';

/** The version after it as a deployment leaves it that lost a file on the way. */
export async function buildBroken(): Promise<string> {
	return keep(join(fingerprint(), 'broken'), async (draft) => {
		await cp(await buildNext(), draft, { recursive: true });
		const chunks = join(draft, '_app', 'immutable', 'chunks');
		const page = await readFile(join(draft, 'index.html'), 'utf8');
		const files = await readdir(chunks);
		const lost = files.find((file) => file.endsWith('.js') && !page.includes(file));
		if (!lost) throw new Error('There is nothing to lose in this build.');
		for (const packed of ['', '.br', '.gz']) await rm(join(chunks, lost + packed), { force: true });
	});
}

/** The version after it with a service worker that cannot even be read. */
export async function buildUnreadable(): Promise<string> {
	return keep(join(fingerprint(), 'unreadable'), async (draft) => {
		await cp(await buildNext(), draft, { recursive: true });
		const worker = join(draft, 'service-worker.js');
		const half = (await readFile(worker, 'utf8')).slice(0, 4_000);
		for (const packed of ['.br', '.gz']) await rm(worker + packed, { force: true });
		await writeFile(worker, half);
	});
}

async function keep(name: string, build: (draft: string) => Promise<void>) {
	const path = join(kept, name);
	if (existsSync(path)) return path;
	const draft = join(kept, `draft-${process.pid}`);
	await rm(draft, { recursive: true, force: true });
	await mkdir(dirname(path), { recursive: true });
	await build(draft);
	// Whoever comes second finds the place taken, by the same thing.
	await rename(draft, path).catch(() => rm(draft, { recursive: true, force: true }));
	return path;
}

/** Another run, of other sources, may be going on beside this one. */
async function forgetOld() {
	await mkdir(kept, { recursive: true });
	for (const name of await readdir(kept)) {
		const { mtimeMs } = await stat(join(kept, name));
		if (Date.now() - mtimeMs > day) await rm(join(kept, name), { recursive: true, force: true });
	}
}

async function make(draft: string, version?: string) {
	const copy = await temporaryFolder();
	try {
		for (const source of sources) {
			await cp(join(root, source), join(copy.path, source), { recursive: true });
		}
		await symlink(join(root, 'node_modules'), join(copy.path, 'node_modules'));
		await runVite(copy.path, version);
		await cp(join(copy.path, 'build'), draft, { recursive: true });
	} finally {
		await copy.close();
	}
}

async function runVite(folder: string, version: string | undefined) {
	const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
	const program = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
		cwd: folder,
		env: { ...process.env, NODE_ENV: 'production', ...(version && { TALAS_VERSION: version }) },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	const printed: string[] = [];
	for (const stream of [program.stdout, program.stderr]) {
		stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
	}
	const [code] = (await once(program, 'close')) as [number | null];
	if (code !== 0) throw new Error(`The app could not be built:\n${printed.join('')}`);
}
