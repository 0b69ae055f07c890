import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from '../support/journey.ts';
import { meet, register } from '../support/musicians.ts';

test('everything of a person comes out as plain files', async ({ device }) => {
	const nina = meet('Nina');
	await register(device, nina);
	await device.page.goto('/settings/data');
	const downloading = device.page.waitForEvent('download');
	await device.page.getByRole('button', { name: 'Download my data' }).click();
	const download = await downloading;
	expect(download.suggestedFilename()).toMatch(/^talas-\d{4}-\d\d-\d\d\.zip$/);

	const files = unzipSync(await readFile(await download.path()));
	const account: unknown = JSON.parse(strFromU8(files['account/account.json'] ?? new Uint8Array()));
	expect(account).toMatchObject({
		handle: nina.handle,
		displayName: nina.displayName,
		email: nina.email
	});
	const all = Object.values(files).map((file) => strFromU8(file));
	expect(all.join()).not.toMatch(/\$2[aby]\$/);
	await expect(device.page.getByText('Your archive is in your downloads')).toBeVisible();
});

test('an account is deleted by its password alone, and its handle is free again', async ({
	startTalas,
	takeDevice
}) => {
	const at = await startTalas();
	const [hers, his] = [await takeDevice({ at }), await takeDevice({ at })];
	const jaco = meet('Jaco');
	await register(hers, meet('Nina'));
	await register(his, jaco);
	await his.page.goto('/settings/data');
	await his.page.getByRole('button', { name: 'Delete my account' }).click();
	const dialog = his.page.getByRole('dialog', { name: 'Delete your account?' });
	await expect(dialog).toContainText('This cannot be undone');

	await dialog.getByLabel('Current password').fill('not his password');
	await dialog.getByRole('button', { name: 'Delete for ever' }).click();
	await expect(dialog.getByLabel('Current password')).toBeFocused();
	await expect(dialog.getByText('This password is wrong')).toBeVisible();

	await dialog.getByLabel('Current password').fill(jaco.password);
	await dialog.getByRole('button', { name: 'Delete for ever' }).click();
	await expect(his.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	const databases = await his.page.evaluate(() => indexedDB.databases());
	expect(databases.filter(({ name }) => name?.startsWith('talas-'))).toEqual([]);
	await register(his, jaco);
});

test('the last admin is told to make another one first', async ({ startTalas, takeDevice }) => {
	const at = await startTalas();
	const [hers, his] = [await takeDevice({ at }), await takeDevice({ at })];
	const nina = meet('Nina');
	await register(hers, nina);
	await register(his, meet('Jaco'));
	await hers.page.goto('/settings/data');
	await hers.page.getByRole('button', { name: 'Delete my account' }).click();
	const dialog = hers.page.getByRole('dialog', { name: 'Delete your account?' });
	await dialog.getByLabel('Current password').fill(nina.password);
	await dialog.getByRole('button', { name: 'Delete for ever' }).click();
	await expect(dialog.getByRole('alert')).toContainText('You are the last admin');
});
