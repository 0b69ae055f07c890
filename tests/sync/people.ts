/** People with accounts, made without the cost of a password. */
import { newId } from '#shared/id.ts';
import { openSession } from '#server/accounts/sessions.ts';
import { accounts } from '#server/accounts/tables.ts';
import type { Acting } from '#server/http/tokens.ts';
import type { TestTalas } from '../support/talas.ts';

/** Somebody new, signed in for an hour or so. */
export async function meet({ talas }: TestTalas): Promise<Acting> {
	const id = newId();
	const handle = `m_${id.replaceAll('-', '').slice(12)}`;
	const account = {
		id,
		handle,
		displayName: handle,
		email: `${handle}@example.org`,
		passwordHash: '',
		role: 'user' as const,
		createdAt: new Date('2026-01-01')
	};
	await talas.db.insert(accounts).values(account);
	return (await openSession(talas.db, account, 'test')).acting;
}
