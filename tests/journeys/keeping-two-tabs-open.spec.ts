import type { Page } from '@playwright/test';
import { expect, test } from '../support/journey.ts';
import { isAtHome, meet, register } from '../support/musicians.ts';

/** Longer than the life of an access token. */
const aWhile = '11:00';
const rounds = 100;

test('two tabs whose tokens run out together a hundred times are never signed out', async ({
	device
}) => {
	test.setTimeout(600_000);
	const nina = meet('Nina');
	await device.context.clock.install();
	await register(device, nina);
	const tabs = [device.page, await device.openTab('/settings/storage')];
	await device.page.goto('/settings/storage');
	const asked: number[] = [];
	for (const tab of tabs) {
		tab.on('response', (answer) => {
			if (answer.url().endsWith('/api/auth/refresh')) asked.push(answer.status());
		});
	}

	for (let round = 0; round < rounds; round++) {
		await device.context.clock.fastForward(aWhile);
		await Promise.all(tabs.map(lookAtDevices));
		await Promise.all(tabs.map(lookAway));
	}

	expect(asked.length).toBeGreaterThanOrEqual(rounds);
	expect(new Set(asked)).toEqual(new Set([200]));
	for (const tab of tabs) {
		await expect(tab.getByRole('complementary', { name: 'Sign in again' })).toHaveCount(0);
		await tab.goto('/');
		await isAtHome({ page: tab }, nina);
	}
});

test('two tabs that refresh at the same moment without waiting for each other stay signed in', async ({
	device
}) => {
	const nina = meet('Nina');
	await register(device, nina);
	const tabs = [device.page, await device.openTab()];
	for (let round = 0; round < 5; round++) {
		const answers = await Promise.all(tabs.map((tab) => refreshTenTimesAtOnce(tab)));
		expect(answers.flat()).toEqual(Array(20).fill(200));
	}
	for (const tab of tabs) {
		await tab.goto('/settings/devices');
		await expect(tab.getByRole('list', { name: 'Devices' })).toContainText('This device');
	}
});

test('an answer that is lost on its way back signs nobody out', async ({ device }) => {
	const nina = meet('Nina');
	await register(device, nina);
	let lost = 0;
	await device.page.route('**/api/auth/refresh', async (route) => {
		if (lost++ > 0) return route.fallback();
		await route.fetch();
		return route.abort('connectionreset');
	});
	await device.page.reload();
	await isAtHome(device, nina);
	await expect.poll(() => lost).toBeGreaterThan(0);
	await device.page.goto('/settings/devices');
	await expect(device.page.getByRole('list', { name: 'Devices' })).toContainText('This device');
	expect(lost).toBeGreaterThan(1);
});

async function lookAtDevices(tab: Page) {
	await tab.getByRole('link', { name: 'Devices', exact: true }).click();
	await expect(tab.getByRole('list', { name: 'Devices' })).toContainText('This device');
}

async function lookAway(tab: Page) {
	await tab.getByRole('link', { name: 'Storage', exact: true }).click();
	await expect(tab.getByRole('heading', { name: 'Room used' })).toBeVisible();
}

/** As a browser without locks would do it. */
function refreshTenTimesAtOnce(tab: Page): Promise<number[]> {
	return tab.evaluate(() => {
		const refresh = () => fetch('/api/auth/refresh', { method: 'POST' });
		return Promise.all(Array.from({ length: 10 }, () => refresh().then(({ status }) => status)));
	});
}
