/**
 * The requests that change the refresh cookie. They belong inside `Tokens.alone`, and are sent with
 * `keepalive`: a page that is left at this moment must not lose the cookie that is on its way.
 */
import type { AccessToken } from '#shared/accounts.ts';
import { ProblemError } from '#shared/problem.ts';
import { stranger } from '../api.ts';
import { owesLogout, settleLogout } from './device.ts';

/** Milliseconds that a sign-out waits for the server before it goes on alone. */
const patience = 5_000;

export async function refresh(): Promise<AccessToken> {
	const answer = await stranger.api.auth.refresh.$post({}, { init: { keepalive: true } });
	return answer.json();
}

/**
 * Tells the server of a sign-out that it has not heard of, if there is one. Any word of the server
 * settles it; without one it stays owed, and a ProblemError is thrown.
 */
export async function tellLogout(): Promise<void> {
	if (!owesLogout()) return;
	try {
		const init = { keepalive: true, signal: AbortSignal.timeout(patience) };
		await stranger.api.auth.logout.$post({}, { init });
	} catch (error) {
		if (!(error instanceof ProblemError) || error.retryable) throw error;
	}
	settleLogout();
}
