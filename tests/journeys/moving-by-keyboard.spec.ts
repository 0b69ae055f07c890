import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/journey.ts';
import { isAtHome, meet } from '../support/musicians.ts';

test('a person with a keyboard alone joins, moves about, opens and closes things, and leaves', async ({
	device
}) => {
	const { page } = device;
	const nina = meet('Nina');
	await page.goto('/sign-in');
	await reach(page, page.getByRole('link', { name: 'Make an account' }));
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: /^Join / })).toBeVisible();

	for (const [label, text] of [
		['Name', nina.displayName],
		['Handle', nina.handle],
		['Email', nina.email],
		['Password', nina.password]
	] as const) {
		await reach(page, page.getByLabel(label, { exact: true }));
		await page.keyboard.type(text);
	}
	await page.keyboard.press('Tab');
	await expect(page.getByRole('button', { name: 'Show the password' })).toBeFocused();
	await page.keyboard.press('Space');
	await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await isAtHome(device, nina);

	await page.reload();
	await isAtHome(device, nina);
	await page.keyboard.press('Tab');
	const skip = page.getByRole('link', { name: 'Skip to the content' });
	await expect(skip).toBeFocused();
	await expect(skip).toBeInViewport();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('main')).toBeFocused();
	await page.keyboard.press('Tab');
	await expect(page.getByRole('button', { name: 'Send the link' })).toBeFocused();

	const account = page.getByRole('button', { name: /^Account:/ });
	await reach(page, account, 'Shift+Tab');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('menuitem', { name: 'Profile' })).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('menu')).toHaveCount(0);
	await expect(account).toBeFocused();
	await page.keyboard.press('Enter');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	await expect(page.getByRole('menuitem', { name: 'Devices' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('link', { name: 'Devices', exact: true })).toHaveAttribute(
		'aria-current',
		'page'
	);

	await reach(page, page.getByRole('button', { name: 'Sign out everywhere' }));
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'Sign out everywhere' });
	await staysInside(page, dialog);
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
	await expect(page.getByRole('button', { name: 'Sign out everywhere' })).toBeFocused();

	await reach(page, page.getByRole('button', { name: /^(Saved|Offline)$/ }), 'Shift+Tab');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('link', { name: 'What works offline?' })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('link', { name: 'What works offline?' })).toHaveCount(0);

	await reach(page, account, 'Tab');
	await page.keyboard.press('Enter');
	await page.keyboard.press('End');
	await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
	await page.keyboard.press('Enter');
	const leaving = page.getByRole('dialog', { name: 'Sign out of this device?' });
	await reach(page, leaving.getByRole('button', { name: 'Sign out', exact: true }));
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('what has the focus is always to be seen', async ({ device }) => {
	const { page } = device;
	await page.goto('/register');
	await expect(page.getByRole('heading', { name: /^Join / })).toBeVisible();
	const seen = new Set<string>();
	for (let step = 0; step < 14; step++) {
		await page.keyboard.press('Tab');
		const focused = page.locator(':focus');
		if ((await focused.count()) === 0) continue;
		const [name, drawn] = await focused.evaluate((element) => {
			const lines = [element, element.parentElement].map((one) => {
				const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one ?? element);
				return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
			});
			return [element.outerHTML.slice(0, 80), lines.includes(true)] as const;
		});
		expect(drawn, name).toBe(true);
		await expect(focused).toBeInViewport();
		seen.add(name);
	}
	expect(seen.size).toBeGreaterThan(8);
});

/** Presses the key until the focus is there, as people do. */
async function reach(page: Page, place: Locator, key = 'Tab') {
	await expect(place).toBeVisible();
	for (let step = 0; step < 40; step++) {
		await page.keyboard.press(key);
		if (await place.evaluate((element) => element === document.activeElement)) return;
	}
	await expect(place).toBeFocused();
}

async function staysInside(page: Page, dialog: Locator) {
	await expect(dialog).toBeVisible();
	for (let step = 0; step < 6; step++) {
		await page.keyboard.press('Tab');
		await expect(dialog.locator(':focus')).toHaveCount(1);
	}
}
