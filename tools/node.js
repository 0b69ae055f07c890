/** Which Node runs Talas. The server is TypeScript that Node runs as it is written: that needs 22.18. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Plain, root, windows } from './run.js';

const toInstall = '20.19.0';
const toServe = '22.18.0';
const bin = join(root, 'node_modules', '.bin');
const ours = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** `TALAS_NODE=system` leaves the package `node` aside, so that a chosen Node can be tested. */
export const machineNodeOnly = process.env.TALAS_NODE === 'system';

export function mustBeRecentEnough() {
	if (atLeast(process.versions.node, toInstall)) return;
	throw new Plain(
		`Talas needs Node ${toInstall} or later, and this is ${process.version}. See https://nodejs.org.`
	);
}

/** The program that runs the server: ours from node_modules, or the machine's if it is recent enough. */
export function nodeForServer() {
	if (!machineNodeOnly && atLeast(versionOf(ours), toServe)) return ours;
	if (atLeast(process.versions.node, toServe)) return process.execPath;
	throw new Plain(
		[
			`The server needs Node ${toServe} or later, and this is ${process.version}.`,
			'Install a newer Node, or run `npm ci`, which brings one for Talas alone.'
		].join('\n')
	);
}

/** Takes the package `node` out of the scripts' way: they then run on the machine's own. */
export function setAsideOurNode() {
	for (const name of ['node', 'node.cmd', 'node.ps1']) rmSync(join(bin, name), { force: true });
}

/** @param {string} program */
function versionOf(program) {
	const said = spawnSync(program, ['--version'], { encoding: 'utf8' });
	return said.status === 0 ? said.stdout.trim().replace('v', '') : '0.0.0';
}

/**
 * @param {string} version
 * @param {string} least
 */
function atLeast(version, least) {
	const [have, need] = [version, least].map((text) =>
		text.split('.').map((part) => parseInt(part))
	);
	for (const [place, wanted] of (need ?? []).entries()) {
		const found = have?.[place] ?? 0;
		if (found !== wanted) return found > wanted;
	}
	return true;
}
