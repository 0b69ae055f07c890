import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { buildBroken, buildNext, buildUnreadable, nextVersion } from '../support/builds.ts';
import type { Device } from '../support/device.ts';
import { expect, test as base } from '../support/journey.ts';
import { isAtHome, meet, register } from '../support/musicians.ts';
import type { RunningServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary.ts';

type Deployed = { at: RunningServer; deploy: (build: string) => Promise<void> };

/** A Talas whose app is replaced while it is in use, and the version that replaces it. */
const test = base.extend<{ deployed: Deployed }, { next: string }>({
	next: [
		// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from it
		async ({}, use) => use(await buildNext()),
		{ scope: 'worker', timeout: 300_000 }
	],
	deployed: async ({ startTalas }, use) => {
		const folder = await temporaryFolder();
		const served = join(folder.path, 'app');
		await cp(process.env.TALAS_BUILD ?? 'build', served, { recursive: true });
		const at = await startTalas({ env: { BUILD_DIR: served } });
		const deploy = async (build: string) => {
			await at.kill('SIGKILL');
			await rm(served, { recursive: true });
			await cp(build, served, { recursive: true });
			await at.start();
		};
		await use({ at, deploy });
		await folder.close();
	}
});

const nina = meet('Nina');

test('an open tab keeps its version, screens never opened included, until somebody agrees', async ({
	deployed,
	next,
	takeDevice
}) => {
	const device = await takeDevice({ at: deployed.at });
	await register(device, nina);
	await device.keepsTheApp();
	const loads = countLoads(device.page);
	await deployed.deploy(next);

	await opensEveryScreen(device.page);
	await device.page.goto('/');
	await isOffered(device.page);
	await isOld(device.page);

	await loads.during(() => takeIt(device.page), 1);
	await isNew(device.page);
	await expect(device.page.getByText('A new version is ready')).toHaveCount(0);
	await isAtHome(await home(device), nina);
});

test('a tab that was offline meanwhile goes on with its version, and is told once it is back', async ({
	deployed,
	next,
	takeDevice
}) => {
	const device = await takeDevice({ at: deployed.at });
	await register(device, nina);
	await device.keepsTheApp();
	await device.goOffline();
	await deployed.deploy(next);

	await opensEveryScreen(device.page);
	await device.page.goto('/settings/appearance');
	await expect(device.page.getByRole('group', { name: 'Language' })).toBeVisible();
	await expect(device.page.getByText('A new version is ready')).toHaveCount(0);

	await device.goOnline();
	await expect(device.page.getByRole('button', { name: 'Saved' })).toBeVisible();
	await device.page.reload();
	await isOffered(device.page);
	await takeIt(device.page);
	await isNew(device.page);
});

test('two tabs are told together; agreeing in one reloads it once and takes nothing from the other', async ({
	deployed,
	next,
	takeDevice
}) => {
	const device = await takeDevice({ at: deployed.at });
	await register(device, nina);
	await device.keepsTheApp();
	const typing = await device.openTab('/settings');
	await typing.getByLabel('Name', { exact: true }).fill('Nina S.');
	await deployed.deploy(next);

	await device.page.reload();
	await isOffered(device.page);
	await isOffered(typing);
	const [here, there] = [countLoads(device.page), countLoads(typing)];
	await here.during(() => takeIt(device.page), 1);
	await isNew(device.page);

	expect(there.count()).toBe(0);
	await expect(typing.getByLabel('Name', { exact: true })).toHaveValue('Nina S.');
	await typing.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(typing.getByText('Your profile is saved')).toBeVisible();
	await opensEveryScreen(typing);
	await isOffered(typing);
	await there.during(() => takeIt(typing), 1);
	await isNew(typing);
});

test('a deployment that lost a file, or whose worker is broken, changes nothing for anyone', async ({
	deployed,
	next,
	takeDevice
}) => {
	const device = await takeDevice({ at: deployed.at });
	await register(device, nina);
	await device.keepsTheApp();

	for (const broken of [await buildBroken(), await buildUnreadable()]) {
		await deployed.deploy(broken);
		await device.page.reload();
		await looksForANewVersion(device.page);
		await opensEveryScreen(device.page);
		await isOld(device.page);
		await expect(device.page.getByText('A new version is ready')).toHaveCount(0);
	}
	await device.restart('/settings/appearance', { offline: true });
	await expect(device.page.getByRole('group', { name: 'Language' })).toBeVisible();

	await device.restart();
	await deployed.deploy(next);
	await device.page.reload();
	await isOffered(device.page);
	await takeIt(device.page);
	await isNew(device.page);
});

test('a browser without service workers is reloaded once when its version is gone', async ({
	deployed,
	next,
	takeDevice
}) => {
	const device = await takeDevice({ at: deployed.at, serviceWorkers: 'block' });
	await register(device, nina);
	const loads = countLoads(device.page);
	await deployed.deploy(next);
	await device.page.getByRole('link', { name: 'Settings' }).click();
	await expect(device.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
	await isNew(device.page);
	expect(loads.count()).toBeLessThanOrEqual(2);
});

test('what somebody types is never lost to a part of the app that is gone', async ({
	deployed,
	next,
	takeDevice
}) => {
	const device = await takeDevice({ at: deployed.at, serviceWorkers: 'block' });
	await register(device, nina);
	await device.page.goto('/settings');
	const name = device.page.getByLabel('Name', { exact: true });
	await name.fill('Nina S.');
	const loads = countLoads(device.page);
	await deployed.deploy(next);
	const missed = device.page.waitForResponse((answer) => answer.status() === 404);
	await device.page.getByRole('link', { name: 'Storage' }).hover();
	await missed;
	await isOffered(device.page);
	await expect(name).toHaveValue('Nina S.');
	expect(loads.count()).toBe(0);
	await device.page.getByRole('link', { name: 'Storage' }).click();
	await isNew(device.page);
});

/** How often a tab loaded a page since then. */
function countLoads(page: Page) {
	let loads = 0;
	page.on('load', () => loads++);
	return {
		count: () => loads,
		/** Waits for the deed and what it sets off, and tells how many loads that were. */
		during: async (deed: () => Promise<unknown>, expected: number) => {
			const before = loads;
			await deed();
			await expect.poll(() => loads - before).toBe(expected);
		}
	};
}

async function opensEveryScreen(page: Page) {
	await page.getByRole('link', { name: 'Settings' }).click();
	for (const name of ['Appearance', 'Devices', 'Storage', 'Your data', 'Profile']) {
		const link = page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name });
		await link.click();
		await expect(link).toHaveAttribute('aria-current', 'page');
		await expect(page.locator('main h2').first()).toBeVisible();
	}
}

async function isOffered(page: Page) {
	await expect(page.getByText('A new version is ready')).toBeVisible();
}

async function takeIt(page: Page) {
	const loaded = page.waitForEvent('load');
	await page.getByRole('button', { name: 'Reload' }).click();
	await loaded;
}

async function isNew(page: Page) {
	await page.goto('/settings/storage');
	await expect(page.getByText(`Version ${nextVersion}`)).toBeVisible();
}

async function isOld(page: Page) {
	await page.goto('/settings/storage');
	await expect(page.getByText(/^Version /)).toBeVisible();
	await expect(page.getByText(`Version ${nextVersion}`)).toHaveCount(0);
}

async function home(device: Device) {
	await device.page.goto('/');
	return device;
}

/** Waits for what the browser makes of the worker that is served now. */
async function looksForANewVersion(page: Page) {
	await page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		await registration.update().catch((reason: unknown) => console.info(String(reason)));
		const worker = registration.installing;
		if (!worker) return;
		await new Promise<void>((settled) => {
			worker.addEventListener('statechange', () => worker.state !== 'installing' && settled());
		});
	});
}
