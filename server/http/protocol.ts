import { createMiddleware } from 'hono/factory';
import { ProblemError } from '#shared/problem.ts';
import { oldestProtocol } from '#shared/protocol.ts';
import type { Http } from './session.ts';

/** An app that says it is older than what this server still speaks hears so before it does harm. */
export const knownProtocol = createMiddleware<Http>(async (c, next) => {
	const said = c.req.header('talas-protocol');
	if (said !== undefined && !(Number(said) >= oldestProtocol)) {
		throw new ProblemError('client-too-old');
	}
	return next();
});
