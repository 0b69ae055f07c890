/**
 * `node tools/lock.js`, after `npm install` has changed package-lock.json: names the packages for
 * other systems (optional ones, of exact versions) that npm left out because the registry it asked
 * did not have them. `npm ci` refuses a lock without them, on every system.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.js';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} Locked */

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const path = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
/** @type {Record<string, Locked>} */
const packages = lock.packages;

const missing = Object.entries(packages).flatMap(([parent, { dev, optionalDependencies = {} }]) =>
	Object.entries(optionalDependencies)
		.filter(([name, version]) => /^\d/.test(version) && !isLocked(parent, name))
		.map(([name, version]) => ({ name, entry: entryOf(name, version, dev) }))
);
for (const { name, entry } of missing) packages[`node_modules/${name}`] = entry;
lock.packages = Object.fromEntries(
	Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
);
if (missing.length > 0) writeFileSync(path, `${JSON.stringify(lock, null, '\t')}\n`);
console.log(`${missing.length} packages for other systems were added to package-lock.json.`);

/**
 * As Node looks for it: beside the parent, then in each folder above.
 * @param {string} parent
 * @param {string} name
 */
function isLocked(parent, name) {
	const folders = parent.split('node_modules/').slice(0, -1);
	const places = [
		parent && `${parent}/`,
		...folders.map((_, n) => folders.slice(0, n + 1).join('node_modules/'))
	];
	return places.some((place) => packages[`${place}node_modules/${name}`]);
}

/**
 * Such packages are named after the system they are for: `…-linux-arm64-musl`.
 * @param {string} name
 * @param {string} version
 * @param {boolean | undefined} dev
 */
function entryOf(name, version, dev) {
	const words = name.split(/[-/]/);
	/** @param {string[]} known */
	const among = (known) => words.filter((word) => known.includes(word));
	const os = among(systems);
	const cpu = among(processors);
	const libc = words.flatMap((word) =>
		/^musl/.test(word) ? 'musl' : /^gnu/.test(word) ? 'glibc' : []
	);
	// In npm's own order, so that it does not write them anew.
	return {
		version,
		...(cpu.length > 0 && { cpu }),
		...(dev && { dev }),
		...(libc.length > 0 && os.includes('linux') && { libc }),
		optional: true,
		...(os.length > 0 && { os })
	};
}
