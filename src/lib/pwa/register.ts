/**
 * Registers the service worker, after the page has loaded so that it never competes with it. Where
 * there is none (plain HTTP on a LAN, `vite dev`) the app works with a network only, and
 * `updates.supported` lets the screen say so.
 */
import { dev, version } from '$app/environment';
import { updates } from './updates.svelte.ts';

export async function register(): Promise<void> {
	if (dev || !updates.supported) return;
	await loaded();
	navigator.serviceWorker.addEventListener('message', answer);
	navigator.serviceWorker.startMessages();
	const registration = await navigator.serviceWorker.register('/service-worker.js', {
		scope: '/',
		updateViaCache: 'none'
	});
	updates.follow(registration);
	// A worker that is being replaced is left in peace: it can go only when it has nothing to do.
	const replaced = registration.installing ?? registration.waiting;
	if (!replaced) registration.active?.postMessage({ type: 'opened' });
}

/** The worker asks before it drops files of older builds. */
function answer(event: MessageEvent) {
	if (event.data?.type === 'which-build') event.ports[0]?.postMessage(version);
}

function loaded(): Promise<void> {
	if (document.readyState === 'complete') return Promise.resolve();
	return new Promise((done) => addEventListener('load', () => done(), { once: true }));
}
