import type { ClientInit, HandleClientError } from '@sveltejs/kit';
import { ProblemError } from '#shared/problem.ts';
import { account } from '$lib/accounts/account.svelte.ts';
import { onNews } from '$lib/api.ts';
import { isChunkError } from '$lib/pwa/chunk-errors.ts';
import { install } from '$lib/pwa/install.svelte.ts';
import { register } from '$lib/pwa/register.ts';
import { updates } from '$lib/pwa/updates.svelte.ts';
import { status } from '$lib/sync/status.svelte.ts';

install.start();

export const init: ClientInit = () => {
	updates.start();
	status.start();
	account.start();
	onNews((news) => news === 'too-old' && updates.outdated());
	addEventListener('vite:preloadError', mendSoon);
	register().catch(reportError);
};

/** Every fault is told: on the page with a reference, and in the console with the same one. */
export const handleError: HandleClientError = ({ error, status, message }) => {
	const reference = referenceOf(error);
	if (status !== 404) console.error(`[${reference}]`, error);
	if (isChunkError(error)) mendSoon();
	if (error instanceof ProblemError) return { message: error.message, code: error.code, reference };
	return { message, reference };
};

/** On the way to another page of a newer version Kit goes there by itself: that must come first. */
function mendSoon() {
	setTimeout(() => updates.mend(), 2_000);
}

/** The server's own reference if it gave one, so that an operator finds the fault in its log. */
function referenceOf(error: unknown): string {
	const { requestId } = ((error as { cause?: unknown } | null)?.cause ?? {}) as Record<
		string,
		unknown
	>;
	return typeof requestId === 'string' ? requestId : Date.now().toString(36);
}
