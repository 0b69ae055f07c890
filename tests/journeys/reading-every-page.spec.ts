import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { root } from '#server/env.ts';
import { expect, test } from '../support/journey.ts';
import { meet, register, type Musician } from '../support/musicians.ts';

const nobodys = '01900000-0000-7000-8000-000000000000';
/** Every screen that the routes know: whoever adds one need not add it here. */
const screens = screensIn(join(root, 'src', 'routes'));
/** What stands behind some address beside the screen itself. */
const more = ['/admin?tab=invites', '/admin?tab=instance', '/nowhere'];
const doors = ['/sign-in', '/register', '/forgot', '/reset', '/reset#no-such-link', '/verify#none'];

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };

/** Every pair of a language, a light and a size is met; the eight of them together would find no more. */
const readings = [
	{ locale: 'en-GB', colorScheme: 'light', viewport: phone },
	{ locale: 'en-GB', colorScheme: 'dark', viewport: desktop },
	{ locale: 'fr-FR', colorScheme: 'light', viewport: desktop },
	{ locale: 'fr-FR', colorScheme: 'dark', viewport: phone }
] as const;

test.describe.configure({ mode: 'parallel' });

for (const reading of readings) {
	const { locale, colorScheme, viewport } = reading;
	const words = `${colorScheme}, ${viewport.width} wide, in ${locale}`;

	test(`every page can be read by everyone: ${words}`, async ({ startTalas, takeDevice }, info) => {
		test.setTimeout(600_000);
		const [at, nina] = [await startTalas(), meet('Nina')];
		const { page } = await takeDevice({ at, ...reading, reducedMotion: 'reduce' });
		const read = async (path: string) => {
			await page.goto(path);
			await isSettled(page);
			expect(await widthBeyond(page), `${path} is wider than the screen`).toBe(0);
			const { grave, others } = await faultsOf(page);
			expect(grave, path).toEqual([]);
			const told = others.map((fault) => ({ type: 'moderate', description: `${path}: ${fault}` }));
			info.annotations.push(...told);
		};

		for (const path of doors) await read(path);
		await register(await takeDevice({ at }), nina);
		await signInByNames(page, nina);
		for (const path of [...screens, ...more]) await read(path);
		await expect(page.locator('html')).toHaveAttribute('lang', locale.slice(0, 2));
		await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
	});
}

test('the list of screens is the one of the routes', () => {
	expect(screens).toContain('/settings/devices');
	expect(screens.length).toBeGreaterThan(7);
});

/** The addresses of a folder of routes; what a parameter names is something that is not there. */
function screensIn(folder: string): string[] {
	const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('+page.svelte'))
		.map((file) => file.split(sep).slice(0, -1))
		.filter(([group]) => group !== '(door)');
	return pages.map((parts) => {
		const shown = parts.filter((part) => !part.startsWith('('));
		return `/${shown.map((part) => part.replace(/^\[.*\]$/, nobodys)).join('/')}`;
	});
}

/** In any language: by the names of the fields, which password managers know too. */
async function signInByNames(page: Page, { handle, password }: Musician) {
	await page.goto('/sign-in');
	await page.locator('input[name="login"]').fill(handle);
	await page.locator('input[name="password"]').fill(password);
	await page.locator('button[type="submit"]').click();
	await expect(page.locator('#sound-check')).toBeVisible();
}

async function isSettled(page: Page) {
	await expect(page.locator('h1')).toBeVisible();
	await expect(page.locator('#splash')).toBeHidden();
	await expect(page.locator('.skeleton')).toHaveCount(0);
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** How many pixels one would have to scroll sideways: none. */
function widthBeyond(page: Page) {
	return page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.documentElement;
		return Math.max(0, scrollWidth - clientWidth);
	});
}

async function faultsOf(page: Page) {
	const { violations } = await new AxeBuilder({ page }).analyze();
	const said = violations.map(({ id, impact, help, nodes }) => ({
		impact,
		words: `${impact}: ${help} (${id}): ${nodes.map(({ html }) => html).join(' ')}`
	}));
	const isGrave = ({ impact }: (typeof said)[number]) =>
		impact === 'critical' || impact === 'serious';
	return {
		grave: said.filter(isGrave).map(({ words }) => words),
		others: said.filter((fault) => !isGrave(fault)).map(({ words }) => words)
	};
}
