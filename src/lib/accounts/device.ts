/**
 * What this device must know before any database is open: whose it is, and what a sign-out has
 * left to do. In localStorage, because that answers at once; ids only, no secrets.
 */
import type { Id } from '#shared/id.ts';

const accountKey = 'talas-account';
const logoutKey = 'talas-pending-logout';
const leavingKey = 'talas-leaving';

/** The account that this device opens at start. */
export function accountHere(): Id | null {
	return localStorage.getItem(accountKey);
}

export function rememberAccount(userId: Id) {
	localStorage.setItem(accountKey, userId);
}

export function forgetAccount(userId: Id) {
	if (accountHere() === userId) localStorage.removeItem(accountKey);
}

/** Somebody signed out here, and the server has not heard of it yet. */
export function owesLogout(): boolean {
	return localStorage.getItem(logoutKey) !== null;
}

export function oweLogout() {
	localStorage.setItem(logoutKey, '1');
}

export function settleLogout() {
	localStorage.removeItem(logoutKey);
}

/** The account whose data is being removed: if the tab is closed half-way, the next start goes on. */
export function leavingHere(): Id | null {
	return localStorage.getItem(leavingKey);
}

export function beginLeaving(userId: Id) {
	localStorage.setItem(leavingKey, userId);
}

export function endLeaving() {
	localStorage.removeItem(leavingKey);
}
