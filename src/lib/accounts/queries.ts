import type { Instance, Session } from '#shared/accounts.ts';
import { api, stranger } from '../api.ts';

/** What a stranger may know of this Talas. */
export async function instance(): Promise<Instance> {
	return (await stranger.api.instance.$get()).json();
}

/** The devices that are signed in, all pages of them. */
export async function sessions(): Promise<Session[]> {
	const all: Session[] = [];
	let cursor: string | null = null;
	do {
		const page: { items: Session[]; nextCursor: string | null } = await sessionsFrom(cursor);
		all.push(...page.items);
		cursor = page.nextCursor;
	} while (cursor !== null);
	return all;
}

async function sessionsFrom(cursor: string | null) {
	const query = { limit: '100', ...(cursor !== null && { cursor }) };
	return (await api.api.auth.sessions.$get({ query })).json();
}
