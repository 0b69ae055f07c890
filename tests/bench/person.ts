/** Someone signed in on a server that is measured. */
import type { RunningServer } from '../support/server.ts';

export type Person = { id: string; headers: Record<string, string> };

/** Nothing that a bench does may run into a limit; the limits are counted all the same. */
export const noLimit = { RATE_LIMIT: '1000000000', LOG_LEVEL: 'warn' };

export async function registerOn(server: RunningServer): Promise<Person> {
	const answer = await fetch(`${server.url}/api/auth/register`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			email: 'bench@example.org',
			password: 'as fast as it gets',
			handle: 'bench_person',
			displayName: 'Bench'
		})
	});
	if (!answer.ok) throw new Error(`No account could be made: ${await answer.text()}`);
	const told = (await answer.json()) as { user: { id: string }; accessToken: string };
	return { id: told.user.id, headers: { authorization: `Bearer ${told.accessToken}` } };
}
