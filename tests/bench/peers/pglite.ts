/**
 * `node pglite.ts <data directory>`: PGlite alone with the extensions that Talas uses, after a
 * thousand reads of an account. It answers nothing: its memory is what is measured.
 */
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';

const db = await PGlite.create({
	dataDir: process.argv[2] ?? '',
	extensions: { pg_trgm, unaccent }
});
for (let read = 0; read < 1_000; read++) await db.query('select * from accounts limit 1');
console.log('0');
process.once('SIGTERM', async () => {
	await db.close();
	process.exit(0);
});
setInterval(() => {}, 60_000);
