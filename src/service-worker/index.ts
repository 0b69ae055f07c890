/**
 * What the device answers itself, as a table: this request, that strategy.
 *
 * It promises: answers of the server are never kept here (another account could read them); a page
 * opens at any address, visited or not, with or without a network; a new worker waits until a person
 * agrees, and even then a page of the older build goes on finding its own files (shell.ts).
 */
import { version } from '$service-worker';
import { onSync } from './flush.ts';
import { Shell, type BuiltFile } from './shell.ts';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: BuiltFile[] };

const shell = new Shell(self.__WB_MANIFEST);

/** What only the server can answer. The server knows the same list (server/http/shell.ts). */
const ofServer = /^\/(api|media|\.well-known|healthz|readyz|metrics)(\/|$)/;

type Row = {
	when: (request: Request, url: URL) => boolean;
	answer: (request: Request) => Promise<Response>;
};

const table: Row[] = [
	{ when: (_, url) => shell.has(url), answer: (request) => shell.file(request) },
	{ when: (request) => request.mode === 'navigate', answer: () => shell.page() }
];

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== location.origin) return;
	if (ofServer.test(url.pathname)) return;
	const row = table.find(({ when }) => when(request, url));
	if (row) event.respondWith(row.answer(request));
});

self.addEventListener('install', (event) => {
	event.waitUntil(leaveToServer(event));
	event.waitUntil(alone(() => shell.keep(event)));
});

self.addEventListener('activate', (event) => {
	event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event) => {
	if (event.data?.type === 'skip-waiting') event.waitUntil(self.skipWaiting());
	if (event.data?.type === 'opened') event.waitUntil(sweep());
});

self.addEventListener('sync', onSync);

/** Static routing, where the browser has it (not in TypeScript's library yet). */
type RoutingEvent = ExtendableEvent & {
	addRoutes?(
		rules: { condition: { urlPattern: URLPatternInit }; source: 'network' }[]
	): Promise<void>;
};

/**
 * Questions to the server need not wake this worker at all. That is quicker, and it lets a newer
 * worker take over at once: a browser waits until the older one has nothing to do.
 */
async function leaveToServer(event: RoutingEvent) {
	try {
		const paths = ['/api/*', '/healthz'];
		await event.addRoutes?.(
			paths.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: 'network' }))
		);
	} catch (error) {
		console.info('This browser takes no routes; the worker is asked each time.', error);
	}
}

/** Files of older builds go when no page of an older build is open any more, and none is on its way. */
async function sweep() {
	if (isReplaced()) return;
	const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	const builds = await Promise.all(pages.map(buildOf));
	if (!builds.every((build) => build === version)) return;
	await alone(async () => {
		if (!isReplaced()) await shell.dropOlder();
	});
}

/** A newer build is here or on its way: its files are none of ours, and it should not have to wait. */
function isReplaced() {
	return self.registration.installing !== null || self.registration.waiting !== null;
}

/** Which build a page came from; undefined if it does not say, as a page that still loads. */
function buildOf(page: Client): Promise<unknown> {
	return new Promise((told) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = ({ data }) => told(data);
		setTimeout(told, 2_000);
		page.postMessage({ type: 'which-build' }, [port2]);
	});
}

/**
 * Keeping and sweeping never overlap, not even between two workers. Async, so that whatever is
 * missing here makes the installation fail instead of leaving a worker with nothing in its hands.
 */
async function alone(deed: () => Promise<void>): Promise<void> {
	await navigator.locks.request('talas-shell', deed);
}
