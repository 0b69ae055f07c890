import { Hono } from 'hono';
import {
	CheckAnswer,
	CheckRequest,
	PullAnswer,
	PullRequest,
	PushAnswer,
	PushRequest
} from '#shared/feed.ts';
import { describe } from '#server/http/describe.ts';
import { requestIdOf } from '#server/http/problem.ts';
import { signedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import { differing, pull } from './pull.ts';

/** A batch of a hundred long messages, or the cursors of ten thousand scopes. */
const longestBody = 2 * 1024 * 1024;

export const sync = new Hono<Http>()
	.post(
		'/push',
		describe('Send what waits in the outbox', { 200: PushAnswer }),
		signedIn,
		valid('json', PushRequest, longestBody),
		async (c) => {
			const { pushes } = c.get('talas');
			return c.json(await pushes.push(c.get('me'), c.req.valid('json'), requestIdOf(c)), 200);
		}
	)
	.post(
		'/pull',
		describe('Catch up with every scope of the account', { 200: PullAnswer }),
		signedIn,
		valid('json', PullRequest, longestBody),
		async (c) => c.json(await pull(c.get('talas').db, c.get('me').id, c.req.valid('json')), 200)
	)
	.post(
		'/check',
		describe('Compare what a device holds with what is here', { 200: CheckAnswer }),
		signedIn,
		valid('json', CheckRequest),
		async (c) => {
			const { scopes } = c.req.valid('json');
			return c.json({ different: await differing(c.get('talas').db, c.get('me').id, scopes) }, 200);
		}
	);
