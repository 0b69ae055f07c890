/** What musicians do, by the words on the screen: journeys are told with these verbs. */
import { expect } from '@playwright/test';
import type { Device } from './device.ts';

export type Musician = {
	displayName: string;
	handle: string;
	email: string;
	password: string;
};

let met = 0;

/** Somebody nobody has met yet: each call makes another person, also of the same name. */
export function meet(displayName: string): Musician {
	const handle = `${displayName.toLowerCase().replace(/[^a-z0-9]/g, '')}_${process.pid}_${++met}`;
	return {
		displayName,
		handle,
		email: `${handle}@example.org`,
		password: `${displayName} plays every night`
	};
}

/** Makes the account on the screen, and stays signed in. */
export async function register({ page }: Device, musician: Musician): Promise<void> {
	await page.goto('/register');
	await page.getByLabel('Name', { exact: true }).fill(musician.displayName);
	await page.getByLabel('Handle', { exact: true }).fill(musician.handle);
	await page.getByLabel('Email', { exact: true }).fill(musician.email);
	await page.getByLabel('Password', { exact: true }).fill(musician.password);
	await page.getByRole('button', { name: 'Make the account' }).click();
	await isAtHome({ page }, musician);
}

/** Signs in with the handle, or with the email address if asked. */
export async function signIn(
	{ page }: Device,
	musician: Musician,
	login = musician.handle
): Promise<void> {
	await page.goto('/sign-in');
	await page.getByLabel('Email or handle').fill(login);
	await page.getByLabel('Password', { exact: true }).fill(musician.password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await isAtHome({ page }, musician);
}

/** The home page greets them: they are signed in. */
export async function isAtHome(
	{ page }: Pick<Device, 'page'>,
	{ displayName }: Musician
): Promise<void> {
	await expect(page.getByRole('heading', { name: new RegExp(`, ${displayName}`) })).toBeVisible();
}

/** Opens the menu of the account and leaves this device, agreeing to what the dialog says. */
export async function signOut({ page }: Pick<Device, 'page'>): Promise<void> {
	await page.getByRole('button', { name: /^Account:/ }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	const dialog = page.getByRole('dialog', { name: 'Sign out of this device?' });
	await dialog.getByRole('button', { name: 'Sign out', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}
