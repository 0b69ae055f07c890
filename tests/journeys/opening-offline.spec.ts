import type { Device } from '../support/device.ts';
import { expect, test } from '../support/journey.ts';
import { isAtHome, meet, register } from '../support/musicians.ts';

const quarterOfAnHour = '15:00';

test('Talas opens with no network, at an address never visited, and signs nobody out', async ({
	device
}) => {
	const nina = meet('Nina');
	await register(device, nina);
	await device.keepsTheApp();

	await device.restart('/settings/storage', { offline: true });
	await expect(device.page.getByRole('heading', { name: 'Room used' })).toBeVisible();
	await isSignedIn(device, nina.handle);
	await saysOffline(device);

	await device.page.goto('/');
	await isAtHome(device, nina);
	await device.page.getByRole('button', { name: 'Offline' }).click();
	await expect(device.page.getByText('what is on this device keeps working')).toBeVisible();

	await device.goOnline();
	await expect(device.page.getByRole('button', { name: 'Saved' })).toBeVisible();
	await isSignedIn(device, nina.handle);
});

test('what needs the network says so, and works by itself once it is back', async ({ device }) => {
	const nina = meet('Nina');
	await register(device, nina);
	await device.keepsTheApp();
	await device.restart('/settings', { offline: true });
	const { page } = device;

	await expect(page.getByLabel('Name', { exact: true })).toHaveValue(nina.displayName);
	const save = page.getByRole('button', { name: 'Save', exact: true });
	await expect(save).toBeDisabled();
	await expect(save).toHaveAccessibleDescription(/This needs the network/);

	await goTo(device, 'Devices');
	await expect(page.getByRole('button', { name: 'Sign out everywhere' })).toBeDisabled();
	await expect(page.getByText('This needs the network').first()).toBeVisible();
	await goTo(device, 'Your data');
	await expect(page.getByRole('heading', { name: 'Take everything with you' })).toBeVisible();
	await expect(page.getByText('This needs the network').first()).toBeVisible();
	await expect(page.getByRole('button', { name: 'Download my data' })).toBeDisabled();
	await goTo(device, 'Appearance');
	await page.getByText('Ink', { exact: true }).click();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

	await goTo(device, 'Devices');
	await device.goOnline();
	await expect(page.getByRole('list', { name: 'Devices' })).toContainText('This device');
	await expect(page.getByText('This needs the network')).toHaveCount(0);
});

test('a token that ran out while the server was away is renewed when it is back', async ({
	startTalas,
	takeDevice
}) => {
	const at = await startTalas();
	const device = await takeDevice({ at });
	const nina = meet('Nina');
	await device.context.clock.install();
	await register(device, nina);
	await device.keepsTheApp();

	await at.kill('SIGKILL');
	await device.context.clock.fastForward(quarterOfAnHour);
	await goTo(device, 'Settings');
	await goTo(device, 'Devices');
	await saysOffline(device);
	await isSignedIn(device, nina.handle);

	await at.start();
	await device.page.evaluate(() => dispatchEvent(new Event('focus')));
	await expect(device.page.getByRole('button', { name: 'Saved' })).toBeVisible();
	await expect(device.page.getByRole('list', { name: 'Devices' })).toContainText('This device');
});

test('a token that the server refuses is renewed without a word', async ({ device }) => {
	await register(device, meet('Nina'));
	await device.restart();
	let refused = 0;
	await device.page.route('**/api/auth/sessions?*', async (route) => {
		if (refused++ > 0) return route.fallback();
		const forged = { ...route.request().headers(), authorization: 'Bearer none.of.ours' };
		return route.continue({ headers: forged });
	});
	await device.page.goto('/settings/devices');
	await expect(device.page.getByRole('list', { name: 'Devices' })).toContainText('This device');
	expect(refused).toBe(2);
});

async function goTo({ page }: Device, name: string) {
	await page.getByRole('link', { name, exact: true }).click();
}

async function isSignedIn({ page }: Device, handle: string) {
	await expect(page.getByRole('button', { name: /^Account:/ })).toContainText(`@${handle}`);
}

async function saysOffline({ page }: Device) {
	await expect(page.getByRole('button', { name: 'Offline' })).toBeVisible();
}
