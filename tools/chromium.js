/** Finds a Chromium for the journeys, or brings one; a machine that gets none is told what to do. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { Plain, root, run } from './run.js';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe'
];

/**
 * Finds a Chromium, or brings one. Call it after the packages are installed.
 * @returns {Promise<string>} the program
 */
export async function bringChromium() {
	const found = findChromium() ?? (await download()) ?? (await fromDebian());
	if (found === undefined) throw new Plain(none);
	return found;
}

/** @returns {string | undefined} the one named by `TALAS_CHROMIUM`, Playwright's own, or the machine's */
export function findChromium() {
	const given = process.env.TALAS_CHROMIUM;
	if (given) return starts(given) ? given : undefined;
	return ofPlaywright() ?? ofMachine();
}

/** @returns {string | undefined} as a whole path, which Playwright asks for */
function ofMachine() {
	const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
	const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
	return [...onPath, ...places].find((program) => existsSync(program) && starts(program));
}

/** @returns {string | undefined} */
function ofPlaywright() {
	const program = createRequire(join(root, 'package.json'))(
		'@playwright/test'
	).chromium.executablePath();
	return existsSync(program) ? program : undefined;
}

/**
 * Some systems have a `chromium-browser` that only tells where to get one.
 * @param {string} program
 */
function starts(program) {
	return spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Not through npm, whose scripts may run on any Node: Playwright's own program does the same. */
async function download() {
	console.log('No Chromium is here. Asking Playwright for its own…');
	const program = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
	await run(process.execPath, [program, 'install', 'chromium'], { timeout: 10 * 60_000 });
	return ofPlaywright();
}

async function fromDebian() {
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
	console.log('Asking Debian for its Chromium…');
	const env = { DEBIAN_FRONTEND: 'noninteractive' };
	await run('apt-get', ['update', '-q'], { env });
	await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { env });
	return ofMachine();
}

const none = [
	'The journeys need a Chromium, and none could be found or installed here. One of these helps:',
	'  npx playwright install chromium        (Playwright’s own)',
	'  sudo apt-get install chromium          (Debian, Ubuntu and their like)',
	'  a Google Chrome installed where it usually is',
	'  TALAS_CHROMIUM=/path/to/chromium       (any other)'
].join('\n');
