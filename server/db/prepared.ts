import type { Db } from './client.ts';

type Prepared<Args, Rows> = { execute: (args: Args) => Promise<Rows> };

/**
 * A query that is asked so often that building it counts: it is built once a database, and the
 * driver prepares it once a connection. `build` uses `sql.placeholder(…)` for what is in `Args`.
 */
export function prepared<Args extends Record<string, unknown>, Rows>(
	build: (db: Db) => Prepared<Args, Rows>
): (db: Db, args: Args) => Promise<Rows> {
	const built = new WeakMap<Db, Prepared<Args, Rows>>();
	return (db, args) => {
		let query = built.get(db);
		if (!query) built.set(db, (query = build(db)));
		return query.execute(args);
	};
}
