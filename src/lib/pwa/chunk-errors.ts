/** How Chromium, Firefox and Safari say that a part of the app could not be loaded; then Vite's own. */
const wordings = [
	'failed to fetch dynamically imported module',
	'error loading dynamically imported module',
	'importing a module script failed',
	'unable to preload css'
];

/** Whether an error means that a file of this build is not there (any more). */
export function isChunkError(error: unknown): boolean {
	const message = String((error as { message?: unknown } | null)?.message ?? error).toLowerCase();
	return wordings.some((wording) => message.includes(wording));
}
