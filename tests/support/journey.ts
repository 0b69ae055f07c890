/** What every journey has: a Talas of its own process, and devices that are put away at the end. */
import { test as base } from '@playwright/test';
import { takeDevice, type Device, type DeviceOptions } from './device.ts';
import { startServer, type RunningServer, type ServerOptions } from './server.ts';

export { expect } from '@playwright/test';

type Taking = DeviceOptions['context'] & {
	/** Another Talas than the one that the journeys share. */
	at?: RunningServer;
};

type Each = {
	/** Takes one more device, with nothing on it; two people hold two. */
	takeDevice: (taking?: Taking) => Promise<Device>;
	/** The first device. */
	device: Device;
	/** Starts a Talas for one journey: one where nobody is yet, or that is to be stopped. */
	startTalas: (options?: ServerOptions) => Promise<RunningServer>;
};

type Shared = {
	/** Journeys beside each other share it; one that stops or changes it starts another. */
	talas: RunningServer;
};

export const test = base.extend<Each, Shared>({
	talas: [
		// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from it
		async ({}, use) => {
			const server = await startServer(served());
			await use(server);
			await server.close();
		},
		{ scope: 'worker', timeout: 120_000 }
	],
	// eslint-disable-next-line no-empty-pattern -- as above
	startTalas: async ({}, use) => {
		const started: RunningServer[] = [];
		await use(async (options = {}) => {
			const server = await startServer(served(options));
			started.push(server);
			return server;
		});
		for (const server of started) await server.close();
	},
	takeDevice: async (
		{ talas, playwright, browserName, launchOptions, contextOptions, locale, timezoneId, viewport },
		use
	) => {
		const taken: Device[] = [];
		await use(async ({ at = talas, ...more } = {}) => {
			const device = await takeDevice(playwright[browserName], {
				url: at.url,
				launch: launchOptions,
				context: { ...contextOptions, locale, timezoneId, viewport, ...more }
			});
			taken.push(device);
			return device;
		});
		for (const device of taken) await device.close();
	},
	device: async ({ takeDevice }, use) => use(await takeDevice())
});

/** The build that all journeys serve, unless this one says another. */
function served(options: ServerOptions = {}): ServerOptions {
	return { ...options, env: { BUILD_DIR: process.env.TALAS_BUILD ?? 'build', ...options.env } };
}
