import { chromium } from '@playwright/test';
import { browserOptions } from '../support/browser.ts';
import { takeDevice } from '../support/device.ts';
import { meet, register } from '../support/musicians.ts';
import { startServer } from '../support/server.ts';
import type { Figure } from './figure.ts';
import { noLimit } from './person.ts';

/** A phone of the middle, beside a desktop computer. */
const slowdown = 4;

export const figure: Figure = {
	id: 'app.offline-start',
	words: 'From asking for the app, with no network, to a page that can be used, on a slow device.',
	unit: 's',
	goal: { atMost: 1.5 },
	rounds: 5,
	open: async () => {
		const server = await startServer({ env: noLimit });
		const device = await takeDevice(chromium, {
			url: server.url,
			launch: browserOptions(),
			context: { locale: 'en-GB', viewport: { width: 390, height: 844 } }
		});
		await register(device, meet('Bench'));
		await device.keepsTheApp();
		await server.kill('SIGKILL');
		await device.goOffline();
		return {
			ours: async () => {
				await device.restart('about:blank', { offline: true });
				const { page, context } = device;
				const session = await context.newCDPSession(page);
				await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
				await page.addInitScript(noteWhenUsable);
				await page.goto('/settings/storage', { waitUntil: 'commit' });
				await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0);
				const at = await page.evaluate(() => performance.getEntriesByName('usable')[0]?.startTime);
				return (at ?? Infinity) / 1_000;
			},
			close: async () => {
				await device.close();
				await server.close();
			}
		};
	}
};

/** In the page: its heading stands, a frame has been painted, and the next task has had its turn. */
function noteWhenUsable() {
	const watching = new MutationObserver(() => {
		if (!document.querySelector('main h1')) return;
		watching.disconnect();
		requestAnimationFrame(() => setTimeout(() => performance.mark('usable')));
	});
	watching.observe(document, { childList: true, subtree: true });
}
