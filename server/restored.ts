/**
 * `npm run restored`: run it once after the database was restored from a copy, before people come
 * back. Revisions and numbers count in another history from now on: every device starts its feeds
 * again and renumbers what waits in its outbox, so that nothing of them is mistaken for old news.
 */
import { openDatabase } from './db/client.ts';
import { migrate } from './db/migrate.ts';
import { readEnv } from './env.ts';
import { beginHistory } from './sync/history.ts';

const env = readEnv();
const database = await openDatabase(
	env.databaseUrl ? { url: env.databaseUrl, connections: 1 } : { dataDir: env.dataDir }
);
try {
	await migrate(database);
	console.log(`A new history begins: ${await beginHistory(database.db)}`);
} finally {
	await database.close();
}
