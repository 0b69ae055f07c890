import type { Page } from '@playwright/test';
import { expect, test } from '../support/journey.ts';
import { isAtHome, meet, register, signOut } from '../support/musicians.ts';
import en from '../../src/lib/i18n/messages/en.json' with { type: 'json' };
import fr from '../../src/lib/i18n/messages/fr.json' with { type: 'json' };

const words = { 'en-GB': en, 'fr-FR': fr };
const languages = ['en-GB', 'fr-FR'] as const;
type Words = (typeof words)['en-GB'];

for (const locale of languages) {
	const w = words[locale];

	test(`what is wrong in a registration is said beside its field, in ${locale}`, async ({
		takeDevice
	}) => {
		const nina = meet('Nina');
		const other = await takeDevice();
		await register(other, nina);
		const { page } = await takeDevice({ locale });
		await page.goto('/register');
		const fields = {
			name: page.getByLabel(w.display_name, { exact: true }),
			handle: page.getByLabel(w.handle, { exact: true }),
			email: page.getByLabel(w.email, { exact: true }),
			password: page.getByLabel(w.password, { exact: true })
		};
		const send = () => page.getByRole('button', { name: w.register }).click();
		const isTold = async (field: keyof typeof fields, sentence: string) => {
			await send();
			await expect(fields[field]).toHaveAccessibleDescription(new RegExp(escaped(sentence)));
			await expect(fields[field]).toHaveAttribute('aria-invalid', 'true');
			await expect(fields[field]).toBeFocused();
		};

		await isTold('name', w.field_required);
		await fields.name.fill('Nina \u202EaniN');
		await fields.handle.fill('Nina Simone!');
		await fields.email.fill('nina');
		await fields.password.fill('é'.repeat(36) + 'x');
		await isTold('name', w.field_forbidden_characters);
		await fields.name.fill('Nina');
		await isTold('handle', w.field_not_a_handle);
		await fields.handle.fill('admin');
		await isTold('handle', w.field_handle_reserved);
		await fields.handle.fill(nina.handle);
		await isTold('email', w.field_not_an_email);
		await fields.email.fill(`other_${nina.email}`);
		await isTold('password', w.field_password_too_long);
		await fields.password.fill('short');
		await isTold('password', w.field_password_too_short);
		await fields.password.fill('é'.repeat(36));
		await isTold('handle', w.problem_handle_taken);
		await fields.handle.fill(`${nina.handle}_2`);
		await fields.email.fill(nina.email);
		await isTold('email', w.problem_email_taken);
		await fields.email.fill(`other_${nina.email}`);
		await send();
		await expect(page.getByRole('link', { name: w.settings })).toBeVisible();
	});

	test(`too many wrong passwords are told to wait, in ${locale}`, async ({ takeDevice }) => {
		const nina = meet('Nina');
		const other = await takeDevice();
		await register(other, nina);
		const { page } = await takeDevice({ locale });
		await page.goto('/sign-in');
		await typeSignIn(page, w, nina.handle, 'a wrong guess');
		const send = page.getByRole('button', { name: w.sign_in, exact: true });
		for (let guess = 0; guess < 10; guess++) {
			const answered = page.waitForResponse('**/api/auth/login');
			await send.click();
			expect((await answered).status()).toBe(401);
			await expect(page.getByRole('alert')).toHaveText(w.problem_wrong_credentials);
			await expect(send).not.toHaveAttribute('aria-busy', 'true');
		}
		await send.click();
		await expect(page.getByRole('alert')).toContainText(w.problem_too_many_attempts);
		await expect(page.getByRole('alert')).toContainText(/1[0-5] min/);
		await expect(page.getByLabel(w.login)).toHaveValue(nina.handle);
	});

	test(`a server that goes away while somebody signs in keeps what was typed, in ${locale}`, async ({
		startTalas,
		takeDevice
	}) => {
		const at = await startTalas();
		const { page } = await takeDevice({ at, locale });
		const nina = meet('Nina');
		await register(await takeDevice({ at }), nina);
		await page.goto('/sign-in');
		await typeSignIn(page, w, nina.handle, nina.password);
		await at.kill('SIGKILL');
		await page.getByRole('button', { name: w.sign_in, exact: true }).click();
		await expect(page.getByRole('alert')).toContainText(w.problem_unavailable);
		await expect(page.getByText(w.needs_network)).toBeVisible();
		await expect(page.getByLabel(w.login)).toHaveValue(nina.handle);
		await expect(page.getByLabel(w.password, { exact: true })).toHaveValue(nina.password);

		await at.start();
		await page.evaluate(() => dispatchEvent(new Event('focus')));
		await page.getByRole('button', { name: w.sign_in, exact: true }).click();
		await expect(page.getByRole('link', { name: w.settings })).toBeVisible();
	});
}

test('an address that leads nowhere says so, and leads back', async ({ device }) => {
	const nina = meet('Nina');
	await register(device, nina);
	await device.page.goto('/nowhere/at/all');
	await expect(device.page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
	await device.page.getByRole('link', { name: 'Back to the start' }).click();
	await isAtHome(device, nina);
	await signOut(device);
});

async function typeSignIn(page: Page, w: Words, login: string, password: string) {
	await page.getByLabel(w.login).fill(login);
	await page.getByLabel(w.password, { exact: true }).fill(password);
}

function escaped(sentence: string) {
	return sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
