/**
 * Who asks, and whether they may: the words that a route's middleware is made of. On hot paths it is
 * `c.get`: `c.var` makes a new object at each use.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { can, type Action, type Thing } from '#shared/policy.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Talas } from '#server/talas.ts';
import { once } from './idempotency.ts';
import type { Reply } from './reply.ts';
import type { Acting } from './tokens.ts';

export type Http = {
	Bindings: Omit<HttpBindings, 'outgoing'> & { outgoing: Reply };
	Variables: { talas: Talas };
};

export type SignedInHttp = Http & { Variables: { talas: Talas; me: Acting } };

/** The route answers only people who are signed in; they are `c.get('me')`. */
export const signedIn = createMiddleware<SignedInHttp>(async (c, next) => {
	c.set('me', await personOf(c));
	const key = c.req.method === 'GET' ? undefined : c.req.header('idempotency-key');
	return key === undefined ? next() : once(c, key, next);
});

/** The route answers strangers too, for whom `c.get('me')` is null. A token that is sent must be good. */
export const maybeSignedIn = createMiddleware<Http & { Variables: { me: Acting | null } }>(
	async (c, next) => {
		c.set('me', c.req.header('authorization') ? await personOf(c) : null);
		return next();
	}
);

/** The route answers only people who may do `action`; to others it does not exist. */
export function may(action: Action, thing: Thing) {
	return createMiddleware<SignedInHttp>(async (c, next) => {
		if (!can(c.get('me'), action, thing)) throw new ProblemError('not-found');
		return next();
	});
}

/**
 * A cookie travels with requests that other sites make. Browsers say where a request came from;
 * what did not come from our own pages is refused (login CSRF, forced sign-out).
 */
export const sameSite = createMiddleware<Http>(async (c, next) => {
	const site = c.req.header('sec-fetch-site');
	const origin = c.req.header('origin');
	const foreign = site
		? site !== 'same-origin' && site !== 'none'
		: origin !== undefined && !isOurs(c, origin);
	if (foreign) throw new ProblemError('cross-origin');
	return next();
});

function isOurs<E extends Http>(c: Context<E>, origin: string) {
	return origin === c.get('talas').env.publicUrl || new URL(origin).host === c.req.header('host');
}

async function personOf<E extends Http>(c: Context<E>): Promise<Acting> {
	const { tokens, limits } = c.get('talas');
	const header = c.req.header('authorization');
	if (!header) throw new ProblemError('signed-out');
	if (!header.startsWith('Bearer ')) throw new ProblemError('token-invalid');
	const me = await tokens.read(header.slice(7));
	await limits.ofAccount(me.id);
	return me;
}
