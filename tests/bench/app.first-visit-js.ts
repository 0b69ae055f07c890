import { chromium } from '@playwright/test';
import { browserOptions } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import type { Figure } from './figure.ts';
import { noLimit } from './person.ts';

export const figure: Figure = {
	id: 'app.first-visit-js',
	words: 'JavaScript that a first visit fetches to show the page of signing in, as it is sent.',
	unit: 'kB',
	goal: { atMost: 120 },
	rounds: 3,
	open: async () => {
		const server = await startServer({ env: noLimit });
		const browser = await chromium.launch(browserOptions());
		let most = 0;
		return {
			ours: async () => {
				const { bytes, requests } = await visit(() => browser.newContext(), server.url);
				most = Math.max(most, requests);
				return bytes / 1_000;
			},
			also: async () => [
				{
					words: 'requests begun before the first contentful paint, the page included',
					value: most,
					unit: 'requests',
					goal: { atMost: 5 }
				}
			],
			close: async () => {
				await browser.close();
				await server.close();
			}
		};
	}
};

type NewContext = () => ReturnType<Awaited<ReturnType<typeof chromium.launch>>['newContext']>;

/** By what the browser itself has measured; the service worker fetches later, in its own time. */
async function visit(newContext: NewContext, url: string) {
	const context = await newContext();
	try {
		const page = await context.newPage();
		await page.goto(`${url}/sign-in`);
		await page.locator('input[name="login"]').waitFor();
		return await page.evaluate(async () => {
			const paint = await new Promise<number>((painted) => {
				new PerformanceObserver((list) => {
					const first = list.getEntriesByName('first-contentful-paint')[0];
					if (first) painted(first.startTime);
				}).observe({ type: 'paint', buffered: true });
			});
			const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
			const scripts = files.filter(({ name }) => new URL(name).pathname.endsWith('.js'));
			return {
				bytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
				requests: 1 + files.filter(({ startTime }) => startTime < paint).length
			};
		});
	} finally {
		await context.close();
	}
}
