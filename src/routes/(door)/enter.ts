import { goto } from '$app/navigation';
import { account } from '$lib/accounts/account.svelte.ts';

/** Goes in once somebody is signed in: to where they wanted to go, never out of this Talas. */
export function enterWhenSignedIn(url: URL) {
	if (account.state !== 'signed-in' || account.needsSignIn) return;
	const wanted = new URL(url.searchParams.get('to') ?? '/', url);
	const inside = wanted.origin === url.origin ? wanted.pathname + wanted.search : '/';
	void goto(inside, { replaceState: true });
}
