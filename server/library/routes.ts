import { Hono } from 'hono';
import { z } from 'zod';
import { Id, IdParam } from '#shared/id.ts';
import { Contents, Version } from '#shared/library.ts';
import { PageQuery, pageOf } from '#shared/protocol.ts';
import { describe } from '#server/http/describe.ts';
import { afterOf, pageFrom } from '#server/http/page.ts';
import { signedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import { mustOwn } from './access.ts';
import { contentsAfter, historyOf } from './history.ts';

/** The history of a collection, which is not synced. */
export const libraryRoutes = new Hono<Http>()
	.get(
		'/collections/:id/history',
		describe('What happened to a collection, newest first', { 200: pageOf(Version) }),
		signedIn,
		valid('param', IdParam),
		valid('query', PageQuery),
		async (c) => {
			const { db } = c.var.talas;
			const collection = await mustOwn(db, c.var.me, c.req.valid('param').id, 'see');
			const query = c.req.valid('query');
			const rows = await historyOf(db, collection.id, query.limit + 1, afterOf(query));
			return c.json(pageFrom(rows, query.limit), 200);
		}
	)
	.get(
		'/collections/:id/history/:versionId',
		describe('What a collection held after a change', { 200: Contents }),
		signedIn,
		valid('param', z.strictObject({ id: Id, versionId: Id })),
		async (c) => {
			const { db } = c.var.talas;
			const { id, versionId } = c.req.valid('param');
			const collection = await mustOwn(db, c.var.me, id, 'see');
			return c.json(await contentsAfter(db, collection, versionId), 200);
		}
	);
