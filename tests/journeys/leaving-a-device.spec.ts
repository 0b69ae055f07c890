import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/journey.ts';
import { meet, register, signIn, signOut } from '../support/musicians.ts';

test('signing out with unsent work warns, exports it, and only then removes it', async ({
	device
}) => {
	const nina = meet('Nina');
	await register(device, nina);
	await device.keepsTheApp();
	await device.goOffline();
	const { page } = device;
	await expect(page.getByRole('button', { name: 'Offline' })).toBeVisible();
	await addGear(page, 'Feeling good');
	await expect(page.getByRole('button', { name: 'Offline' })).toBeVisible();

	await page.getByRole('button', { name: /^Account:/ }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	const dialog = page.getByRole('dialog', { name: 'Sign out of this device?' });
	await expect(dialog).toContainText('1 change has not reached the server');
	await expect(dialog.getByRole('button', { name: 'Sign out', exact: true })).toHaveCount(0);

	await dialog.getByRole('button', { name: 'Stay' }).click();
	await expect(page.getByRole('heading', { name: 'Feeling good' })).toBeVisible();
	expect(await keptOn(page)).toContain('Feeling good');

	await page.getByRole('button', { name: /^Account:/ }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	const downloading = page.waitForEvent('download');
	await dialog.getByRole('button', { name: 'Export it first' }).click();
	const file = await readFile(await (await downloading).path(), 'utf8');
	expect(JSON.parse(file)).toMatchObject({
		account: nina.handle,
		changes: [{ name: 'products.addProduct', args: { model: 'Feeling good' } }]
	});

	await dialog.getByRole('button', { name: 'Sign out anyway' }).click();
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	expect(await keptOn(page)).not.toContain('Feeling good');
});

test('a second account on the same device finds nothing of the first', async ({ device }) => {
	const [nina, jaco] = [meet('Nina'), meet('Jaco')];
	await register(device, nina);
	await device.keepsTheApp();
	const { page } = device;
	const id = await page.evaluate(() => localStorage.getItem('talas-account'));
	expect(await keptOn(page)).toContain(nina.handle);
	await leaveMedia(page, String(id));

	await signOut(device);
	await register(device, jaco);
	const kept = await keptOn(page);
	expect(kept).toContain(jaco.handle);
	for (const trace of [nina.handle, nina.email, String(id), 'a take of hers']) {
		expect(kept).not.toContain(trace);
	}
});

test('a sign-out without a network holds, and the server hears of it later', async ({
	device,
	takeDevice
}) => {
	const nina = meet('Nina');
	await register(device, nina);
	await device.keepsTheApp();
	await device.goOffline();
	await expect(device.page.getByRole('button', { name: 'Offline' })).toBeVisible();
	await signOut(device);
	await device.restart('/', { offline: true });
	await expect(device.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	const told = device.page.waitForResponse('**/api/auth/logout');
	await device.goOnline();
	expect((await told).status()).toBe(204);

	const other = await takeDevice();
	await signIn(other, nina);
	await other.page.goto('/settings/devices');
	const devices = other.page.getByRole('list', { name: 'Devices' }).getByRole('listitem');
	await expect(devices).toHaveCount(1);
});

test('signing out in one tab is a sign-out in all of them', async ({ device }) => {
	await register(device, meet('Nina'));
	const other = await device.openTab('/settings/storage');
	await expect(other.getByRole('heading', { name: 'Room used' })).toBeVisible();
	await signOut(device);
	await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

/** Work that only this device has, for there is no network. */
async function addGear(page: Page, model: string) {
	await page.goto('/gear/new');
	await page.getByLabel('Name or model').fill(model);
	await page.getByRole('button', { name: 'Add', exact: true }).click();
	await expect(page.getByRole('heading', { name: model })).toBeVisible();
}

/** Media as the app will keep it: whole files in a cache, and takes in a folder. */
async function leaveMedia(page: Page, userId: string) {
	await page.evaluate(async (userId) => {
		const cache = await caches.open(`media-${userId}`);
		await cache.put('/media/one', new Response('a take of hers'));
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle(`talas-${userId}`, { create: true });
		const file = await folder.getFileHandle('a take of hers.wav', { create: true });
		const writing = await file.createWritable();
		await writing.write('a take of hers');
		await writing.close();
	}, userId);
}

/** Everything that this origin keeps on the device, as one text. */
function keptOn(page: Page): Promise<string> {
	return page.evaluate(async () => {
		const kept: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
		for (const { name } of await indexedDB.databases()) kept.push(name, await contents(name));
		for (const name of await caches.keys()) kept.push(name, await answers(name));
		kept.push(await names(await navigator.storage.getDirectory()));
		return JSON.stringify(kept);

		async function contents(name = '') {
			const open = indexedDB.open(name);
			await new Promise((opened) => (open.onsuccess = opened));
			const stores = [...open.result.objectStoreNames];
			const rows = stores.map((store) => {
				const asked = open.result.transaction(store).objectStore(store).getAll();
				return new Promise((read) => (asked.onsuccess = () => read(asked.result)));
			});
			return Promise.all(rows).finally(() => open.result.close());
		}

		async function answers(name: string) {
			const cache = await caches.open(name);
			const requests = await cache.keys();
			const small = requests.filter(({ url }) => !url.includes('/_app/'));
			const texts = small.map(async (one) => (await cache.match(one))?.text());
			return [requests.map(({ url }) => url), await Promise.all(texts)];
		}

		async function names(folder: FileSystemDirectoryHandle): Promise<unknown[]> {
			const found: unknown[] = [];
			for await (const [name, entry] of folder.entries()) {
				found.push(name);
				if (entry.kind === 'directory') found.push(await names(entry as FileSystemDirectoryHandle));
			}
			return found;
		}
	});
}
