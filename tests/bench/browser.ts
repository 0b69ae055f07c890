/**
 * A page of a bench in a real Chromium: client code, bundled as for production, on a page that hands
 * `/api` on to a server where there is one. Isolated, so that the clock counts in microseconds.
 */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { root } from '#server/env.ts';
import playwright from '../../playwright.config.ts';

const isolated = {
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-embedder-policy': 'require-corp'
};

export type BenchPage = {
	page: Page;
	/** Calls what the page's module exports. */
	call: <T>(name: string, ...args: unknown[]) => Promise<T>;
	close: () => Promise<void>;
};

/** @param entry a module in `tests/bench/page`; @param server where `/api` goes. */
export async function openPage(entry: string, server?: string): Promise<BenchPage> {
	const code = await bundle(entry);
	const host = createServer((request, response) => {
		if (request.url?.startsWith('/api') && server) return handOn(request, response, server);
		const script = request.url === '/bench.js';
		response.writeHead(200, {
			...isolated,
			'content-type': script ? 'text/javascript' : 'text/html'
		});
		response.end(script ? code : '<!doctype html><title>bench</title>');
	});
	await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
	const browser = await chromium.launch(playwright.projects?.[0]?.use?.launchOptions);
	const page = await browser.newPage();
	await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
	return {
		page,
		call: (name, ...args) =>
			page.evaluate(
				async ([name, args]) => {
					const path = '/bench.js';
					const module = await import(path);
					return module[name](...args);
				},
				[name, args] as const
			),
		close: async () => {
			await browser.close();
			host.closeAllConnections();
			host.close();
		}
	};
}

async function bundle(entry: string): Promise<string> {
	const built = await build({
		root,
		configFile: false,
		logLevel: 'error',
		plugins: [svelte({ configFile: false })],
		resolve: { alias: { $lib: join(root, 'src/lib') } },
		build: {
			write: false,
			target: 'esnext',
			lib: { entry: join(root, 'tests/bench/page', entry), formats: ['es'] }
		}
	});
	const [bundled] = [built].flat();
	const chunk = bundled && 'output' in bundled ? bundled.output[0] : undefined;
	if (!chunk) throw new Error(`${entry} was not bundled.`);
	return chunk.code;
}

function handOn(from: IncomingMessage, to: ServerResponse, server: string) {
	const { method, headers, url = '' } = from;
	const handed = ask(new URL(url, server), { method, headers }, (answer) => {
		to.writeHead(answer.statusCode ?? 502, answer.headers);
		answer.pipe(to);
	});
	handed.on('error', (error) => to.destroy(error));
	from.pipe(handed);
}
