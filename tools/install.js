/** Installs what package-lock.json names, once: a stamp in node_modules remembers which lock it was. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineNodeOnly, mustBeRecentEnough, setAsideOurNode } from './node.js';
import { npm, Plain, root, windows } from './run.js';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, devOptional?: boolean, link?: boolean }} Locked */
/** @typedef {'everything' | 'production' | 'nothing'} Installed */

const modules = join(root, 'node_modules');
const stamp = join(modules, '.talas-stamp');

/** @returns {Promise<Installed>} what is installed now: never 'nothing' */
export async function install() {
	mustBeRecentEnough();
	const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
	const wanted = `${createHash('sha256').update(lock).digest('hex')} ${process.env.TALAS_NODE ?? ''}`;
	if (isStamped(wanted)) return 'everything';

	const installed = whatIsInstalled(lock);
	if (installed === 'production') return installed;
	if (installed === 'nothing') await bringEverything();
	if (machineNodeOnly) setAsideOurNode();
	writeFileSync(stamp, wanted);
	return 'everything';
}

/**
 * Vite stands for all that `npm prune --omit=dev` takes away.
 * @param {string} wanted
 */
function isStamped(wanted) {
	if (!existsSync(stamp) || !existsSync(join(modules, 'vite'))) return false;
	return readFileSync(stamp, 'utf8') === wanted;
}

async function bringEverything() {
	console.log('Installing what Talas is built from. The first time this takes a minute or two.');
	if ((await npm([...exactly(), '--include=dev', '--no-audit', '--no-fund'])) === 0) return;
	console.log('\nThat failed. Trying `npm install`, which does not insist on package-lock.json…');
	if ((await npm(['install', '--include=dev', '--no-audit', '--no-fund'])) === 0) return;
	throw new Plain(
		[
			'Talas could not be installed; the lines above say why.',
			'Most often npm does not reach its registry: check the network, or `npm config get registry`.'
		].join('\n')
	);
}

/** Windows cannot delete the program that is running, and `npm ci` begins by deleting everything. */
function exactly() {
	return windows && process.execPath.startsWith(modules) ? ['install'] : ['ci'];
}

/**
 * Compares the lock with what npm wrote down when it last installed here.
 * @param {string} lock
 * @returns {Installed}
 */
function whatIsInstalled(lock) {
	const record = join(modules, '.package-lock.json');
	if (!existsSync(record) || ourNodeIsMissing()) return 'nothing';
	const wanted = packagesIn(lock);
	const found = packagesIn(readFileSync(record, 'utf8'));
	const missing = [...wanted].filter(([path, { version }]) => found.get(path)?.version !== version);
	if (missing.length === 0) return 'everything';
	const noDevelopment = !found.has('node_modules/vite') && missing.every(([, { dev }]) => dev);
	return noDevelopment ? 'production' : 'nothing';
}

/**
 * The packages that every machine has; the optional ones depend on the system and the processor.
 * @param {string} lock
 */
function packagesIn(lock) {
	/** @type {Record<string, Locked>} */
	const packages = JSON.parse(lock).packages;
	return new Map(
		Object.entries(packages).filter(
			([path, { optional, devOptional, link }]) => path && !optional && !devOptional && !link
		)
	);
}

/** After a run with the machine's own Node, which set ours aside. */
function ourNodeIsMissing() {
	if (machineNodeOnly || !existsSync(join(modules, 'node'))) return false;
	const name = join(modules, '.bin', windows ? 'node.cmd' : 'node');
	return lstatSync(name, { throwIfNoEntry: false }) === undefined;
}
