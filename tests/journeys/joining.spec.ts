import type { Device } from '../support/device.ts';
import { expect, test } from '../support/journey.ts';
import { isAtHome, meet, register, signIn, type Musician } from '../support/musicians.ts';

test('with an invitation, one person joins by its link, and nobody else does', async ({
	startTalas,
	takeDevice
}) => {
	const at = await startTalas();
	const hers = await takeDevice({ at });
	await register(hers, meet('Nina'));
	await letIn(hers, 'Invited people');

	await hers.page.getByRole('tab', { name: 'Invitations' }).click();
	await expect(hers.page.getByText('No invitation is out')).toBeVisible();
	await hers.page.getByRole('button', { name: 'Make an invitation' }).click();
	const link = await hers.page.getByLabel('Invitation link').inputValue();
	await expect(hers.page.getByRole('list', { name: 'Invitations' })).toContainText('Ends');

	const his = await takeDevice({ at });
	await his.page.goto('/register');
	await expect(his.page.getByText('You need an invitation to join')).toBeVisible();
	await expect(his.page.getByRole('button', { name: 'Make the account' })).toHaveCount(0);
	const jaco = meet('Jaco');
	await his.page.goto(link);
	await his.page.reload();
	await expect(his.page.getByText('You have been invited')).toBeVisible();
	await fillIn(his, jaco);
	await isAtHome(his, jaco);

	const theirs = await takeDevice({ at });
	await theirs.page.goto(link);
	await fillIn(theirs, meet('Chet'));
	await expect(theirs.page.getByRole('alert')).toContainText('This invitation was used');

	await hers.page.reload();
	await hers.page.getByRole('tab', { name: 'Invitations' }).click();
	await expect(hers.page.getByRole('list', { name: 'Invitations' })).toContainText('Used');
});

test('an invitation that was taken back opens no door', async ({ startTalas, takeDevice }) => {
	const at = await startTalas();
	const hers = await takeDevice({ at });
	await register(hers, meet('Nina'));
	await letIn(hers, 'Invited people');
	await hers.page.goto('/admin?tab=invites');
	await hers.page.getByRole('button', { name: 'Make an invitation' }).click();
	const link = await hers.page.getByLabel('Invitation link').inputValue();
	await hers.page.getByRole('button', { name: /^Revoke the invitation/ }).click();
	await expect(hers.page.getByText('No invitation is out')).toBeVisible();

	const his = await takeDevice({ at });
	await his.page.goto(link);
	await fillIn(his, meet('Jaco'));
	await expect(his.page.getByRole('alert')).toContainText('This invitation was used');
});

test('with approval, somebody waits at the door until an admin lets them in', async ({
	startTalas,
	takeDevice
}) => {
	const at = await startTalas();
	const hers = await takeDevice({ at });
	await register(hers, meet('Nina'));
	await letIn(hers, 'After approval');

	const his = await takeDevice({ at });
	const jaco = meet('Jaco');
	await his.page.goto('/register');
	await expect(his.page.getByText('Somebody reads every request')).toBeVisible();
	await fillIn(his, jaco);
	await expect(his.page.getByRole('heading', { name: 'Almost there' })).toBeVisible();
	await trySignIn(his, jaco);
	await expect(his.page.getByRole('alert')).toContainText('Your account waits for approval');

	await hers.page.goto('/admin');
	await expect(hers.page.getByRole('heading', { name: '1 person at the door' })).toBeVisible();
	await hers.page.getByRole('button', { name: 'Let in' }).click();
	await expect(hers.page.getByRole('list', { name: 'Members' })).toContainText(jaco.handle);
	expect((await at.letterTo(jaco.email)).text).toContain(at.url);
	await signIn(his, jaco);

	const theirs = await takeDevice({ at });
	const chet = meet('Chet');
	await theirs.page.goto('/register');
	await fillIn(theirs, chet);
	await expect(theirs.page.getByRole('heading', { name: 'Almost there' })).toBeVisible();
	await hers.page.reload();
	await hers.page.getByRole('button', { name: 'Refuse' }).click();
	await expect(hers.page.getByText(chet.handle)).toHaveCount(0);
	await trySignIn(theirs, chet);
	await expect(theirs.page.getByRole('alert')).toContainText('The name or the password is wrong');
});

test('a closed Talas says so at the door, and goes by the name it was given', async ({
	startTalas,
	takeDevice
}) => {
	const at = await startTalas();
	const hers = await takeDevice({ at });
	await register(hers, meet('Nina'));
	await hers.page.goto('/admin?tab=instance');
	await hers.page.getByLabel('Name of this Talas').fill('La Cave');
	await hers.page.locator('label', { hasText: 'Nobody' }).click();
	await hers.page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(hers.page.getByText('Saved. It holds from now on.')).toBeVisible();

	const his = await takeDevice({ at });
	await his.page.goto('/register');
	await expect(his.page.getByRole('heading', { name: 'Join La Cave' })).toBeVisible();
	await expect(his.page.getByText('This Talas takes no new accounts for now')).toBeVisible();
	await expect(his.page.getByRole('button', { name: 'Make the account' })).toHaveCount(0);
});

async function letIn({ page }: Device, whom: string) {
	await page.goto('/admin?tab=instance');
	await page.locator('label', { hasText: whom }).click();
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(page.getByText('Saved. It holds from now on.')).toBeVisible();
}

async function fillIn({ page }: Device, musician: Musician) {
	await page.getByLabel('Name', { exact: true }).fill(musician.displayName);
	await page.getByLabel('Handle', { exact: true }).fill(musician.handle);
	await page.getByLabel('Email', { exact: true }).fill(musician.email);
	await page.getByLabel('Password', { exact: true }).fill(musician.password);
	await page.getByRole('button', { name: 'Make the account' }).click();
}

async function trySignIn({ page }: Device, musician: Musician) {
	await page.goto('/sign-in');
	await page.getByLabel('Email or handle').fill(musician.handle);
	await page.getByLabel('Password', { exact: true }).fill(musician.password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
