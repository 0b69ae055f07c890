import { Hono } from 'hono';
import { Link, LinkRequest, StorageUse } from '#shared/files.ts';
import { IdParam } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { describe } from '#server/http/describe.ts';
import { signedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import { mustSee } from './access.ts';
import { linkTo } from './links.ts';
import { storageUseOf, versionOf } from './queries.ts';

export const fileRoutes = new Hono<Http>()
	.get(
		'/use',
		describe('How much one keeps, and may keep', { 200: StorageUse }),
		signedIn,
		async (c) => {
			const { db, env } = c.get('talas');
			return c.json(await storageUseOf(db, c.get('me').id, env.quota), 200);
		}
	)
	.post(
		'/:id/url',
		describe('A link to the bytes of a file, good for an hour', { 200: Link }),
		signedIn,
		valid('param', IdParam),
		valid('json', LinkRequest),
		async (c) => {
			const { db, keys } = c.get('talas');
			const file = await mustSee(db, c.get('me'), c.req.valid('param').id);
			const { variant } = c.req.valid('json');
			const number = variant === 'original' ? file.current : Number(variant.slice(1));
			const found = await versionOf(db, file.id, number);
			if (found?.version.state !== 'ready') throw new ProblemError('not-found');
			// The address names the version: bytes under one address never change.
			const { url, expiresAt } = linkTo(keys, file.id, `v${number}`);
			return c.json({ url, expiresAt: new Date(expiresAt).toISOString() }, 200);
		}
	);
