import type { Logger } from 'pino';
import type { Id } from '#shared/id.ts';
import type { Database, Db } from '#server/db/client.ts';
import type { Env } from '#server/env.ts';
import type { Keys } from '#server/http/keys.ts';
import type { Limits } from '#server/http/limits.ts';
import type { Tokens } from '#server/http/tokens.ts';
import type { Mail } from '#server/mail/mail.ts';
import type { Storage } from '#server/storage/storage.ts';
import type { Bus } from '#server/sync/bus.ts';
import type { Feeds } from '#server/sync/feed.ts';
import type { Live } from '#server/sync/live.ts';
import type { Pushes } from '#server/sync/push.ts';

/** What other domains do when something happens to a person; domains.ts hands it over. */
export type People = {
	/** In the transaction that changes the name or handle. */
	renamed: (tx: Db, accountId: Id) => Promise<void>;
	/** After it: publishes what carries the old one. */
	afterRenaming: (talas: { feeds: Feeds }) => Promise<void>;
	/** In the transaction that deletes the account, before it does; inside `Feeds.write`. */
	leaving: (tx: Db, accountId: Id) => Promise<void>;
};

/** What every route may use. One is opened when the program starts (`open.ts`). */
export type Talas = {
	env: Env;
	log: Logger;
	database: Database;
	db: Db;
	keys: Keys;
	tokens: Tokens;
	limits: Limits;
	bus: Bus;
	feeds: Feeds;
	pushes: Pushes;
	live: Live;
	people: People;
	mail: Mail;
	/** The bytes of files. */
	storage: Storage;
	/** Does work after the answer; what fails is logged, and a stop waits for it. */
	later: (what: string, work: () => Promise<void>) => void;
};
