/** Builds the app, once: a stamp remembers the contents of all that the build reads. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, Plain, root } from './run.js';

/** Files and folders that the build reads. */
export const sources = [
	'package-lock.json',
	'package.json',
	'project.inlang/settings.json',
	'pwa-assets.config.ts',
	'shared',
	'src',
	'static',
	'svelte.config.js',
	'tsconfig.json',
	'vite.config.ts'
];
const stamp = join(root, 'node_modules', '.talas-build');
const page = join(root, 'build', 'index.html');

export async function build() {
	const wanted = fingerprint();
	if (isCurrent(wanted)) return;
	console.log('Building the app…');
	if ((await npm(['run', 'build', '--silent', '--', '--logLevel', 'warn'])) !== 0) {
		throw new Plain('The app could not be built; the lines above say why.');
	}
	writeFileSync(stamp, wanted);
}

export function isBuilt() {
	return existsSync(page);
}

/** Whether build/ was made from sources of this fingerprint. */
export function isCurrent(wanted = fingerprint()) {
	return isBuilt() && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/** A name for what the sources are now. */
export function fingerprint() {
	const hash = createHash('sha256');
	for (const source of sources) add(hash, source);
	return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
function add(hash, path) {
	const place = join(root, path);
	const found = statSync(place, { throwIfNoEntry: false });
	if (!found || isNoSource(path)) return;
	if (found.isFile()) hash.update(`${path}\0${found.size}\0`).update(readFileSync(place));
	else for (const name of readdirSync(place).sort()) add(hash, `${path}/${name}`);
}

/**
 * Tests are not built in, and the generated messages are made by the build itself.
 * @param {string} path
 */
function isNoSource(path) {
	return /\.test\.ts$|(^|\/)generated$/.test(path);
}
