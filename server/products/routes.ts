import { Hono } from 'hono';
import { IdParam } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { Product, ProductWithReleases, ProductsQuery } from '#shared/products.ts';
import { PageQuery, pageOf } from '#shared/protocol.ts';
import { describe } from '#server/http/describe.ts';
import { afterOf, pageFrom } from '#server/http/page.ts';
import { maybeSignedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import { maySee } from './access.ts';
import { asProducts, productOf, publicProducts, releasesOf } from './queries.ts';

/** What is public, for whoever does not sync it. */
export const productRoutes = new Hono<Http>()
	.get(
		'/',
		describe('Public products, newest first', { 200: pageOf(Product) }),
		maybeSignedIn,
		valid('query', PageQuery.extend(ProductsQuery.shape)),
		async (c) => {
			const { limit, cursor, ...filter } = c.req.valid('query');
			const before = afterOf({ limit, cursor });
			const rows = await publicProducts(c.var.talas.db, limit + 1, filter, before);
			return c.json(pageFrom(rows, limit), 200);
		}
	)
	.get(
		'/:id',
		describe('One product with its changelog', { 200: ProductWithReleases }),
		maybeSignedIn,
		valid('param', IdParam),
		async (c) => {
			const { db } = c.var.talas;
			const { id } = c.req.valid('param');
			const row = await productOf(db, id);
			if (!row || !(await maySee(db, c.var.me, row))) throw new ProblemError('not-found');
			const [product] = await asProducts(db, [row]);
			if (!product) throw new ProblemError('not-found');
			return c.json({ ...product, releases: await releasesOf(db, [id]) }, 200);
		}
	);
