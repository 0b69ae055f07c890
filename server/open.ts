import type { DestinationStream, Logger } from 'pino';
import { isLive } from '#server/accounts/sessions.ts';
import { openDatabase } from '#server/db/client.ts';
import { migrate } from '#server/db/migrate.ts';
import type { Env } from '#server/env.ts';
import { openKeys } from '#server/http/keys.ts';
import { Limits } from '#server/http/limits.ts';
import { openLog } from '#server/http/log.ts';
import { Tokens } from '#server/http/tokens.ts';
import { handlersFor, people, readers } from '#server/domains.ts';
import { openMail } from '#server/mail/mail.ts';
import { openStorage } from '#server/storage/open.ts';
import { localBus } from '#server/sync/bus.ts';
import { Feeds } from '#server/sync/feed.ts';
import { Live } from '#server/sync/live.ts';
import { Pushes } from '#server/sync/push.ts';
import type { Talas } from '#server/talas.ts';

export type OpenTalas = Talas & {
	/** Waits for the work after answers. */
	settled: () => Promise<void>;
	close: () => Promise<void>;
};

/** Opens all that a Talas needs, its schema up to date; `close` gives it all back. */
export async function openTalas(env: Env, logTo?: DestinationStream): Promise<OpenTalas> {
	const log = openLog(env, logTo);
	const keys = await openKeys(env);
	const database = await openDatabase(
		env.databaseUrl
			? { url: env.databaseUrl, connections: env.databaseConnections }
			: { dataDir: env.dataDir }
	);
	await migrate(database);
	const { db } = database;
	const mail = openMail(env.smtpUrl, env.mailFrom, log);
	const { later, settled } = background(log);
	const storage = await openStorage(env);
	const bus = localBus();
	const tokens = new Tokens(
		keys,
		env.publicUrl,
		(sessionId) => isLive(db, sessionId),
		(sessionId) => bus.tell([{ t: 'ended', sessionId }])
	);
	const feeds = new Feeds(db, readers, bus);
	const live = new Live(db, tokens, bus);
	return {
		env,
		log,
		keys,
		database,
		db,
		mail,
		storage,
		later,
		settled,
		tokens,
		limits: new Limits(env.rateLimit),
		bus,
		feeds,
		pushes: new Pushes(db, feeds, handlersFor(env), (err, mutation) =>
			log.error({ err, mutation }, 'a mutation failed')
		),
		live,
		people,
		close: async () => {
			await settled();
			live.close();
			await bus.close();
			mail.close();
			await storage.close();
			keys.close();
			await database.close();
		}
	};
}

function background(log: Logger) {
	const running = new Set<Promise<void>>();
	return {
		later: (what: string, work: () => Promise<void>) => {
			const done = work()
				.catch((err: unknown) => log.error({ err, what }, 'work after an answer failed'))
				.finally(() => running.delete(done));
			running.add(done);
		},
		settled: async () => {
			await Promise.all(running);
		}
	};
}
