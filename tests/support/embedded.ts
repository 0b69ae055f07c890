/**
 * The embedded database, migrated once: making one costs seconds of CPU, copying one a quarter of
 * a second. The original is kept between runs, under a name that changes with the migrations.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '#server/db/client.ts';
import { migrate } from '#server/db/migrate.ts';
import { root } from '#server/env.ts';

const kept = join(root, 'tests', '.artifacts');

/** Makes `dataDir` a data directory with Talas's schema. */
export async function copyEmbedded(dataDir: string): Promise<void> {
	await cp(join(await original(), 'pg'), join(dataDir, 'pg'), { recursive: true });
}

async function original() {
	const path = join(kept, `embedded-${await fingerprint()}`);
	if (await exists(path)) return path;
	await mkdir(kept, { recursive: true });
	await forgetOld();
	const draft = join(kept, `draft-${process.pid}`);
	await rm(draft, { recursive: true, force: true });
	await make(draft);
	// Whoever comes second finds the place taken, by the same thing.
	await rename(draft, path).catch(() => rm(draft, { recursive: true, force: true }));
	return path;
}

async function make(dataDir: string) {
	const database = await openDatabase({ dataDir });
	try {
		await migrate(database);
	} finally {
		await database.close();
	}
}

async function forgetOld() {
	for (const name of await readdir(kept)) {
		if (name.startsWith('embedded-')) await rm(join(kept, name), { recursive: true, force: true });
	}
}

async function fingerprint() {
	const hash = createHash('sha256');
	hash.update(await readFile(join(root, 'node_modules/@electric-sql/pglite/package.json')));
	const migrations = join(root, 'drizzle');
	for (const name of (await readdir(migrations)).sort()) {
		if (name.endsWith('.sql')) hash.update(name).update(await readFile(join(migrations, name)));
	}
	return hash.digest('hex').slice(0, 16);
}

function exists(path: string) {
	return stat(path).then(
		() => true,
		() => false
	);
}
