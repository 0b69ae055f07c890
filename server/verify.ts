/**
 * `npm run verify`: reads every piece of bytes in storage, sums it up anew, and names what is damaged
 * or gone, with the files that have it. It changes nothing, and may run beside a serving Talas where
 * the database is Postgres.
 */
import { openDatabase } from './db/client.ts';
import { migrate } from './db/migrate.ts';
import { readEnv } from './env.ts';
import { verify } from './files/verify.ts';
import { openStorage } from './storage/open.ts';

const env = readEnv();
const database = await openDatabase(
	env.databaseUrl ? { url: env.databaseUrl, connections: 1 } : { dataDir: env.dataDir }
);
const storage = await openStorage(env);
try {
	await migrate(database);
	const { checked, faults } = await verify(database.db, storage);
	for (const { sha256, fault, names } of faults) {
		console.log(`${fault}: ${sha256} (${names.join(', ')})`);
	}
	console.log(`${checked} pieces of bytes were read, ${faults.length} are not as they must be.`);
	process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
	await storage.close();
	await database.close();
}
