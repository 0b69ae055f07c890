/** What every journey has: a Talas of its own process, and devices that are put away at the end. */
import { test as base } from '@playwright/test';
import { takeDevice, type Device } from './device.ts';
import { startServer, type RunningServer } from './server.ts';

export { expect } from '@playwright/test';

type Each = {
	/** Takes one more device, with nothing on it; two people hold two. */
	takeDevice: () => Promise<Device>;
	/** The first device. */
	device: Device;
};

type Shared = {
	/** Journeys beside each other share it; one that stops or changes it starts another. */
	talas: RunningServer;
};

export const test = base.extend<Each, Shared>({
	talas: [
		// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from it
		async ({}, use) => {
			const server = await startServer();
			await use(server);
			await server.close();
		},
		{ scope: 'worker', timeout: 120_000 }
	],
	takeDevice: async (
		{ talas, playwright, browserName, launchOptions, contextOptions, locale },
		use
	) => {
		const taken: Device[] = [];
		await use(async () => {
			const device = await takeDevice(playwright[browserName], {
				url: talas.url,
				launch: launchOptions,
				context: { ...contextOptions, locale }
			});
			taken.push(device);
			return device;
		});
		for (const device of taken) await device.close();
	},
	device: async ({ takeDevice }, use) => use(await takeDevice())
});
