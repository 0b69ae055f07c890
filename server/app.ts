import { Hono } from 'hono';
import { openAPIRouteHandler } from 'hono-openapi';
import { z } from 'zod';
import { admin, instanceRoutes } from '#server/admin/routes.ts';
import { doorkeeping } from '#server/accounts/doorkeeping.ts';
import { auth, me } from '#server/accounts/routes.ts';
import { handlersFor, takeOuts } from '#server/domains.ts';
import { media } from '#server/files/media.ts';
import { fileRoutes } from '#server/files/routes.ts';
import { uploads } from '#server/files/uploads.ts';
import { health } from '#server/http/health.ts';
import { limited } from '#server/http/limits.ts';
import { notFound, onError } from '#server/http/problem.ts';
import { knownProtocol } from '#server/http/protocol.ts';
import type { Http } from '#server/http/session.ts';
import { takeOut } from '#server/http/take-out.ts';
import { libraryRoutes } from '#server/library/routes.ts';
import { productRoutes } from '#server/products/routes.ts';
import { sync } from '#server/sync/routes.ts';
import type { Talas } from '#server/talas.ts';

/** Hangs every domain's routes in one chain, so that the client knows their types. */
export function createApp(talas: Talas) {
	const app = new Hono<Http>();
	app.onError(onError);
	app.notFound(notFound);
	app.use('*', async (c, next) => {
		c.set('talas', talas);
		return next();
	});
	app.use('/api/*', limited, knownProtocol);
	const routes = app
		.route('/api/auth', auth)
		.route('/api/me', me)
		.route('/api/me/take-out', takeOut(takeOuts))
		.route('/api/sync', sync)
		.route('/api/products', productRoutes)
		.route('/api/library', libraryRoutes)
		.route('/api/files', fileRoutes)
		.route('/api/instance', instanceRoutes)
		.route('/api/admin', admin)
		.route('/api/admin', doorkeeping)
		.get('/.well-known/jwks.json', (c) =>
			c.json(talas.keys.jwks(), 200, { 'cache-control': 'public, max-age=300' })
		);
	app.route('/', health(talas));
	app.route('/api/uploads', uploads(talas));
	app.route('/media', media(talas));
	app.get('/api/openapi.json', openAPIRouteHandler(app, { documentation: documentation(talas) }));
	return routes;
}

export type App = ReturnType<typeof createApp>;

const documentation = ({ env }: Talas) => ({
	info: { title: 'Talas', version: '1', description: 'The requests plane of Talas.' },
	components: {
		securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' } }
	},
	'x-mutations': Object.fromEntries(
		handlersFor(env).map(({ mutation }) => [
			mutation.name,
			z.toJSONSchema(mutation.args, { io: 'input', unrepresentable: 'any' })
		])
	),
	'x-documents': {}
});
