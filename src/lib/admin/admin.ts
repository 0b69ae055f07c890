import type { Instance, Invite, Member, RegistrationMode } from '#shared/accounts.ts';
import { api } from '../api.ts';

export type Page<Item> = { items: Item[]; nextCursor: string | null };
export type HandedLink = { url: string; expiresAt: string };

/** The members of this Talas, a page at a time. */
export async function members(cursor?: string): Promise<Page<Member>> {
	return (await api.api.admin.members.$get({ query: { cursor } })).json();
}

export async function approve(id: string): Promise<void> {
	await api.api.admin.members[':id'].approve.$post({ param: { id } });
}

export async function refuse(id: string): Promise<void> {
	await api.api.admin.members[':id'].refuse.$post({ param: { id } });
}

/** An address by which this member can choose a new password; shown once. */
export async function resetLink(id: string): Promise<HandedLink> {
	return (await api.api.admin.members[':id']['reset-link'].$post({ param: { id } })).json();
}

export async function invites(cursor?: string): Promise<Page<Invite>> {
	return (await api.api.admin.invites.$get({ query: { cursor } })).json();
}

/** An address by which one person can open an account; shown once. */
export async function makeInvite(): Promise<HandedLink> {
	return (await api.api.admin.invites.$post()).json();
}

export async function revokeInvite(id: string): Promise<void> {
	await api.api.admin.invites[':id'].$delete({ param: { id } });
}

export async function changeInstance(change: {
	name?: string;
	registration?: RegistrationMode;
}): Promise<Instance> {
	return (await api.api.admin.instance.$patch({ json: change })).json();
}
