import { expect, test } from '../support/journey.ts';
import { isAtHome, meet, register, signIn } from '../support/musicians.ts';

test('the first to join runs this Talas, and the second does not', async ({
	startTalas,
	takeDevice
}) => {
	const at = await startTalas();
	const [hers, his] = [await takeDevice({ at }), await takeDevice({ at })];

	await hers.page.goto('/register');
	await expect(hers.page.getByText('Nobody is here yet')).toBeVisible();
	await register(hers, meet('Nina'));
	await expect(hers.page.getByRole('link', { name: 'Administration' })).toBeVisible();

	await register(his, meet('Jaco'));
	await expect(his.page.getByRole('link', { name: 'Settings' })).toBeVisible();
	await expect(his.page.getByRole('link', { name: 'Administration' })).toHaveCount(0);
	await his.page.goto('/admin');
	await expect(his.page.getByText('You may not do this')).toBeVisible();
});

test('a device signed out from another keeps what it shows, and asks to sign in again', async ({
	takeDevice
}) => {
	const nina = meet('Nina');
	const [laptop, phone] = [await takeDevice(), await takeDevice()];
	await register(laptop, nina);
	await signIn(phone, nina, nina.email);

	await laptop.page.goto('/settings/devices');
	const devices = laptop.page.getByRole('list', { name: 'Devices' }).getByRole('listitem');
	await expect(devices).toHaveCount(2);
	await expect(devices.filter({ hasText: 'This device' })).toHaveCount(1);
	await laptop.page.getByRole('button', { name: /^Sign out of / }).click();
	await expect(devices).toHaveCount(1);

	const banner = phone.page.getByRole('complementary', { name: 'Sign in again' });
	await expect(banner).toContainText('What is on this device is still here');
	await isAtHome(phone, nina);
	await expect(phone.page.getByRole('button', { name: 'Needs attention' })).toBeVisible();

	await banner.getByRole('link', { name: 'Sign in again' }).click();
	await phone.page.getByLabel('Email or handle').fill(nina.handle);
	await phone.page.getByLabel('Password', { exact: true }).fill(nina.password);
	await phone.page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await isAtHome(phone, nina);
	await expect(banner).toBeHidden();
	await expect(phone.page.getByRole('button', { name: 'Saved' })).toBeVisible();
});

test('signing out everywhere reaches every device, this one included', async ({ takeDevice }) => {
	const nina = meet('Nina');
	const [laptop, phone] = [await takeDevice(), await takeDevice()];
	await register(laptop, nina);
	await signIn(phone, nina);

	await laptop.page.goto('/settings/devices');
	await laptop.page.getByRole('button', { name: 'Sign out everywhere' }).click();
	const dialog = laptop.page.getByRole('dialog', { name: 'Sign out everywhere' });
	await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
	await expect(laptop.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

	await expect(phone.page.getByRole('complementary', { name: 'Sign in again' })).toBeVisible();
	await isAtHome(phone, nina);
});
