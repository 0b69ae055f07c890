import { sql } from 'drizzle-orm';
import { userScope, type Scope } from '#shared/feed.ts';
import { newId } from '#shared/id.ts';
import { openDatabase, type Db } from '#server/db/client.ts';
import { pull } from '#server/sync/pull.ts';
import { startPostgres } from '../support/postgres.ts';
import { median, type Figure } from './figure.ts';

const scopes = 1_000;
const few = 20;
const times = 50;

export const figure: Figure = {
	id: 'feeds.idle-pull',
	words: 'A pull with nothing new among 1,000 scopes, at the server, with ten times the history.',
	unit: 'ms',
	peer: 'the same with a tenth of the history',
	goal: { atMost: 1.2 },
	open: async () => {
		const postgres = await startPostgres();
		const database = await openDatabase({ url: await postgres.create() });
		const { db } = database;
		const [long, short] = [await make(db, few * 10), await make(db, few)];
		const ours: number[] = [];
		return {
			ours: async () => {
				const time = await idle(db, long);
				ours.push(time);
				return time;
			},
			peer: () => idle(db, short),
			also: async () => [
				{ words: 'the pull itself', value: median(ours), unit: 'ms', goal: { atMost: 10 } }
			],
			close: async () => {
				await database.close();
				await postgres.close();
			}
		};
	}
};

type Person = { id: string; cursors: Record<Scope, number> };

/** Somebody in 1,000 rooms, each with so many records. */
async function make(db: Db, records: number): Promise<Person> {
	const id = newId();
	const rooms = Array.from({ length: scopes - 1 }, () => `room:${newId()}`);
	const names = JSON.stringify([userScope(id), ...rooms]);
	await db.execute(sql`
		insert into scopes (scope, revision)
		select value, ${records}::int from jsonb_array_elements_text(${names}::jsonb)`);
	await db.execute(sql`
		insert into memberships (id, account_id, scope, reasons)
		select gen_random_uuid(), ${id}::uuid, value, '{member}'
		from jsonb_array_elements_text(${names}::jsonb) where value like 'room:%'`);
	await db.execute(sql`
		insert into feed (scope, kind, id, revision, v, data)
		select value, 'notes', gen_random_uuid(), n, 1, '{"body": "hello"}'
		from jsonb_array_elements_text(${names}::jsonb), generate_series(1, ${records}::int) as n`);
	await db.execute(sql`analyze`);
	return {
		id,
		cursors: Object.fromEntries([userScope(id), ...rooms].map((name) => [name, records]))
	};
}

async function idle(db: Db, { id, cursors }: Person): Promise<number> {
	const clientId = newId();
	const taken: number[] = [];
	for (let i = 0; i < times; i++) {
		const before = performance.now();
		const answer = await pull(db, id, { clientId, scopes: cursors });
		taken.push(performance.now() - before);
		if (Object.keys(answer.scopes).length > 0) throw new Error('There was something new.');
	}
	return median(taken);
}
