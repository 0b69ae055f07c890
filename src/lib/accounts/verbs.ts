import { ProblemError } from '#shared/problem.ts';
import { api, stranger } from '../api.ts';
import { account } from './account.svelte.ts';

/** Milliseconds: everything of a person may be a lot. */
const patience = 600_000;

export async function endSession(id: string): Promise<void> {
	await api.api.auth.sessions[':id'].$delete({ param: { id } });
}

export async function changeProfile(change: {
	displayName?: string;
	handle?: string;
}): Promise<void> {
	const answer = await api.api.me.$patch({ json: change });
	await account.keep(await answer.json());
}

export async function changePassword(change: { current: string; password: string }): Promise<void> {
	await api.api.auth.password.change.$post({ json: change });
}

/** A letter goes to the new address; the account keeps the old one until the letter is answered. */
export async function changeEmail(change: { email: string; password: string }): Promise<void> {
	await api.api.auth.email.change.$post({ json: change });
}

export async function sendVerification(): Promise<void> {
	await api.api.auth.email.verification.$post();
}

export async function verifyEmail(token: string): Promise<void> {
	await stranger.api.auth.email.verify.$post({ json: { token } });
	await account.refresh();
}

export async function forgotPassword(email: string): Promise<void> {
	await stranger.api.auth.password.forgot.$post({ json: { email } });
}

export async function resetPassword(given: { token: string; password: string }): Promise<void> {
	await stranger.api.auth.password.reset.$post({ json: given });
}

/** Everything that Talas keeps of this person, as a zip of plain files. */
export async function takeOut(): Promise<Blob> {
	const init = { signal: AbortSignal.timeout(patience) };
	const answer = await api.api.me['take-out'].$get({}, { init });
	try {
		return await answer.blob();
	} catch (error) {
		throw Object.assign(new ProblemError('unavailable'), { cause: error });
	}
}

export function deleteAccount(password: string): Promise<void> {
	return account.delete(password);
}
