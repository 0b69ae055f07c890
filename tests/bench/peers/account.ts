/**
 * `node account.ts <database URL> <connections> <account id>`: bare Hono and one prepared Drizzle
 * query, the same that `GET /api/me` makes. No token, no limits, no headers of safety.
 */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { Hono } from 'hono';
import postgres from 'postgres';
import { asAccount } from '#server/accounts/queries.ts';
import { accounts } from '#server/accounts/tables.ts';

const [url = '', connections, id] = process.argv.slice(2);
const db = drizzle(postgres(url, { max: Number(connections) }), { casing: 'snake_case' });
const byId = db
	.select()
	.from(accounts)
	.where(eq(accounts.id, sql.placeholder('id')))
	.prepare('account_by_id');

const app = new Hono().get('/', async (c) => {
	const [row] = await byId.execute({ id });
	return row ? c.json(asAccount(row)) : c.notFound();
});
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
	console.log((server.address() as AddressInfo).port)
);
