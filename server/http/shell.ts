/**
 * The app's own files: one page for every address (decision 0003), and what that page loads.
 * Kit writes a policy that allows just its own script into a meta element; it is lifted into the
 * header here, where `frame-ancestors` counts too. The style of the first screen goes into the page:
 * nothing is painted before it, and one answer is sooner here than two.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context } from 'hono';
import type { Http } from './session.ts';

const year = 'public, max-age=31536000, immutable';
/** What is not the app's: an unknown address there is a problem, not a page. */
const notPages = /^\/(api|media|\.well-known|healthz|readyz|metrics)(\/|$)/;

/** @param build the folder that `vite build` has written */
export async function shell(build: string) {
	const page = await readPage(build);
	const files = serveStatic<Http>({ root: build, precompressed: true, onFound: headersOf });

	const showPage = (c: Context<Http>) => {
		c.header('content-type', 'text/html; charset=utf-8');
		c.header('content-security-policy', page.policy);
		c.header('cache-control', 'no-cache');
		c.header('vary', 'accept-encoding');
		if (!/\bbr\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(page.html);
		c.header('content-encoding', 'br');
		return c.body(page.packed);
	};
	return new Hono<Http>()
		.get('/', showPage)
		.get('/index.html', showPage)
		.get('*', async (c, next) => {
			if (notPages.test(c.req.path)) return next();
			const found = await files(c, async () => {});
			if (found) return found;
			return isFile(c.req.path) ? next() : showPage(c);
		});
}

async function readPage(build: string) {
	const html = await readFile(join(build, 'index.html'), 'utf8');
	const meta = /<meta http-equiv="content-security-policy" content="([^"]*)">/i.exec(html);
	if (!meta?.[1]) throw new Error('The built page has no content security policy.');
	const policy = `${meta[1].replaceAll('&quot;', '"').replaceAll('&#39;', "'")}; frame-ancestors 'none'`;
	const whole = await withStyle(build, html.replace(meta[0], ''));
	return { html: whole, packed: new Uint8Array(brotliCompressSync(whole)), policy };
}

/** Puts each stylesheet that the page names into the page itself; what it names lies where it lay. */
async function withStyle(build: string, html: string) {
	let whole = html;
	for (const [link, href = ''] of html.matchAll(/<link href="([^"]+)" rel="stylesheet">/g)) {
		const style = await readFile(join(build, href), 'utf8');
		const folder = href.slice(0, href.lastIndexOf('/'));
		whole = whole.replace(
			link,
			() => `<style>${style.replaceAll('url(./', `url(${folder}/`)}</style>`
		);
	}
	return whole;
}

/** A worker lives by the policy of its file: it may ask this server, and nobody else. */
const filePolicy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'";

function headersOf(path: string, c: Context<Http>) {
	c.header('content-security-policy', filePolicy);
	const immutable = path.includes('/_app/immutable/');
	c.header('cache-control', immutable ? year : 'no-cache');
}

/** An address that names a file of a kind the app has: a missing one is missing, not the app. */
function isFile(path: string) {
	return (
		path.startsWith('/_app/') || /\.(js|css|json|map|png|svg|ico|woff2|webmanifest)$/.test(path)
	);
}
