/** Whether this node lives, whether it can serve, and what it has done. */
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { sql } from 'drizzle-orm';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { ProblemError } from '#shared/problem.ts';
import type { Talas } from '#server/talas.ts';
import { Reply } from './reply.ts';
import type { Http } from './session.ts';

/** Upper edges of the buckets of answer times, in milliseconds. */
const edges = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

export function health(talas: Talas) {
	const registry = metricsOf(talas);
	return new Hono<Http>()
		.get('/healthz', (c) => c.json({ status: 'alive' }, 200, { 'cache-control': 'no-store' }))
		.get('/readyz', async (c) => {
			await talas.db.execute(sql`select 1`);
			return c.json({ status: 'ready' }, 200, { 'cache-control': 'no-store' });
		})
		.get('/metrics', trusted, async (c) =>
			c.body(await registry.metrics(), 200, { 'content-type': registry.contentType })
		);
}

/** Figures are for the operator: whoever holds the token, or asks on this machine itself. */
const trusted = createMiddleware<Http>(async (c, next) => {
	const { metricsToken } = c.var.talas.env;
	const local = /^(::1$|::ffff:127\.|127\.)/.test(c.env?.incoming?.socket.remoteAddress ?? '');
	const allowed = metricsToken
		? c.req.header('authorization') === `Bearer ${metricsToken}`
		: local && c.req.header('x-forwarded-for') === undefined;
	if (!allowed) throw new ProblemError('not-found');
	return next();
});

function metricsOf(talas: Talas) {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const statuses = new Map<number, number>();
	const durations = new Histogram({
		name: 'talas_http_answer_milliseconds',
		help: 'Time from the request to the head of the answer',
		buckets: edges,
		registers: [registry]
	});
	new Counter({
		name: 'talas_http_answers_total',
		help: 'Answers by status',
		labelNames: ['status'],
		registers: [registry],
		collect() {
			this.reset();
			for (const [status, count] of statuses) this.inc({ status }, count);
		}
	});
	new Gauge({
		name: 'talas_database_statements',
		help: 'Statements that wait or run now',
		registers: [registry],
		collect() {
			this.set(talas.database.waiting());
		}
	});
	Reply.onAnswer = (status, duration) => {
		statuses.set(status, (statuses.get(status) ?? 0) + 1);
		durations.observe(duration);
	};
	return registry;
}
