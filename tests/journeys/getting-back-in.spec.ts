import type { Device } from '../support/device.ts';
import { expect, test } from '../support/journey.ts';
import { isAtHome, meet, register, signIn, signOut } from '../support/musicians.ts';
import type { Letter } from '../support/server.ts';

test('a forgotten password is chosen anew by the link in the log of the server', async ({
	talas,
	device,
	takeDevice
}) => {
	const nina = meet('Nina');
	await register(device, nina);
	const lost = await takeDevice();
	await lost.page.goto('/sign-in');
	await lost.page.getByRole('link', { name: 'Forgot your password?' }).click();
	await lost.page.getByLabel('Email', { exact: true }).fill(nina.email);
	await lost.page.getByRole('button', { name: 'Send the link' }).click();
	await expect(lost.page.getByText('its link is now in the server’s log')).toBeVisible();

	const link = linkIn(await letterAbout(talas, nina.email, 'new password'));
	const changed = { ...nina, password: 'Nina plays another tune' };
	await setPassword(lost, link, changed.password);
	await lost.page.getByRole('link', { name: 'Sign in', exact: true }).click();
	await signIn(lost, changed);

	await device.page.reload();
	await expect(device.page.getByRole('complementary', { name: 'Sign in again' })).toBeVisible();

	await lost.page.goto(link);
	await lost.page.reload();
	await lost.page.getByLabel('New password', { exact: true }).fill(nina.password);
	await lost.page.getByRole('button', { name: 'Set the password' }).click();
	await expect(lost.page.getByRole('alert')).toContainText('This link was used or has ended');
});

test('asking for a link tells nobody whether an account exists', async ({ device }) => {
	await device.page.goto('/forgot');
	await device.page.getByLabel('Email', { exact: true }).fill('nobody@example.org');
	await device.page.getByRole('button', { name: 'Send the link' }).click();
	await expect(device.page.getByText('If an account has this address')).toBeVisible();
});

test('an admin hands out a link where no mail is sent', async ({ startTalas, takeDevice }) => {
	const at = await startTalas();
	const [hers, his] = [await takeDevice({ at }), await takeDevice({ at })];
	const jaco = meet('Jaco');
	await register(hers, meet('Nina'));
	await register(his, jaco);
	await signOut(his);

	await hers.page.goto('/admin');
	await hers.page.getByRole('button', { name: 'Reset link for Jaco' }).click();
	await expect(hers.page.getByText('This link is shown only once')).toBeVisible();
	const link = await hers.page.getByRole('textbox', { name: 'Reset link for Jaco' }).inputValue();

	const changed = { ...jaco, password: 'Jaco plays without frets' };
	await setPassword(his, link, changed.password);
	await signIn(his, changed);
});

test('an address is confirmed by its letter, and changed by a letter to the new one', async ({
	talas,
	device
}) => {
	const nina = meet('Nina');
	await register(device, nina);
	const { page } = device;
	await page.goto('/settings');
	await expect(page.getByText('Your email is not confirmed yet')).toBeVisible();
	await page.goto(linkIn(await talas.letterTo(nina.email)));
	await expect(page.getByText('Thank you, your email is confirmed')).toBeVisible();
	await page.getByRole('link', { name: 'Go to Talas' }).click();
	await isAtHome(device, nina);
	await page.goto('/settings');
	await expect(page.getByText('Your email is confirmed')).toBeVisible();

	const moved = { ...nina, email: `moved_${nina.email}` };
	await page.getByRole('textbox', { name: 'Email', exact: true }).fill(moved.email);
	await page.getByLabel('Current password').first().fill(nina.password);
	await page.getByRole('button', { name: 'Change the email' }).click();
	await expect(page.getByText(`A link is on its way to ${moved.email}`)).toBeVisible();
	await page.goto(linkIn(await talas.letterTo(moved.email)));
	await expect(page.getByText('Thank you, your email is confirmed')).toBeVisible();
	await page.goto('/settings');
	await expect(page.getByRole('textbox', { name: 'Email', exact: true })).toHaveValue(moved.email);

	await signOut(device);
	await signIn(device, moved, moved.email);
	expect((await talas.letterTo(nina.email)).subject).toContain('your address has changed');
});

test('a changed password signs the other devices out', async ({ takeDevice }) => {
	const nina = meet('Nina');
	const [laptop, phone] = [await takeDevice(), await takeDevice()];
	await register(laptop, nina);
	await signIn(phone, nina);
	await laptop.page.goto('/settings');
	await laptop.page.getByLabel('Current password').last().fill(nina.password);
	await laptop.page.getByLabel('New password').fill('Nina plays another tune');
	await laptop.page.getByRole('button', { name: 'Change the password' }).click();
	await expect(laptop.page.getByText('Your password is changed')).toBeVisible();
	await phone.page.reload();
	await expect(phone.page.getByRole('complementary', { name: 'Sign in again' })).toBeVisible();
	await laptop.page.reload();
	await expect(laptop.page.getByLabel('Name', { exact: true })).toHaveValue(nina.displayName);
});

async function setPassword({ page }: Device, link: string, password: string) {
	await page.goto(link);
	await page.getByLabel('New password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Set the password' }).click();
	await expect(page.getByText('The password is set')).toBeVisible();
}

/** The verification letter comes first: this waits for the one that is meant. */
async function letterAbout(
	talas: { letterTo: (address: string) => Promise<Letter> },
	address: string,
	subject: string
) {
	await expect.poll(async () => (await talas.letterTo(address)).subject).toContain(subject);
	return talas.letterTo(address);
}

function linkIn({ text }: Letter) {
	const link = /https?:\S+#\S+/.exec(text)?.[0];
	if (!link) throw new Error(`There is no link in this letter:\n${text}`);
	return link;
}
