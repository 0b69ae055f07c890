/**
 * The app itself on this device: every file of this worker's build.
 *
 * It promises: a build is kept whole or not at all, so that no page ever meets files of two builds
 * (an installation during which another build was deployed fails, and is tried again later). Hashed
 * names differ between builds, so files of the build before stay beside those of this one until
 * `dropOlder`: its open pages can still load every screen, with no network too.
 */
import { PrecacheController } from 'workbox-precaching/PrecacheController.js';

/** One file of the build; `revision` is null where the name itself carries a hash. */
export type BuiltFile = { url: string; revision: string | null };

const name = 'shell';
const page = '/index.html';
const hashed = '/_app/immutable/';

export class Shell {
	readonly #files: PrecacheController;

	constructor(files: BuiltFile[]) {
		const names = new Set(files.map(({ url }) => new URL(url, location.href).pathname));
		this.#files = new PrecacheController({ cacheName: name, plugins: [onlyOf(names)] });
		this.#files.addToCacheList(files);
	}

	/** Fetches what is not here yet; rejects if anything is missing or of another build. */
	async keep(event: ExtendableEvent): Promise<void> {
		await this.#files.install(event);
	}

	has(url: URL): boolean {
		return url.pathname.startsWith(hashed) || this.#files.getCacheKeyForURL(url.href) !== undefined;
	}

	/** The page for every address, with the headers that the server gave it. */
	async page(): Promise<Response> {
		return (await this.#files.matchPrecache(page)) ?? fetch(page);
	}

	/** A file of this build, or of an older one that is still open somewhere. */
	async file(request: Request): Promise<Response> {
		const kept =
			(await this.#files.matchPrecache(request)) ??
			(await (await caches.open(name)).match(request));
		return kept ?? fetch(request);
	}

	/** Forgets every file that is not of this build. */
	async dropOlder(): Promise<void> {
		const cache = await caches.open(name);
		const ours = new Set(this.#files.getURLsToCacheKeys().values());
		const older = (await cache.keys()).filter(({ url }) => !ours.has(url));
		await Promise.all(older.map((request) => cache.delete(request)));
	}
}

/** Refuses what is no whole answer, and a page whose scripts are not those of this build. */
function onlyOf(names: Set<string>) {
	return {
		async cacheWillUpdate({ request, response }: { request: Request; response: Response }) {
			if (response.status !== 200) return null;
			if (new URL(request.url).pathname !== page) return response;
			const html = await response.clone().text();
			const scripts = html.match(/\/_app\/immutable\/[\w./-]+\.js/g) ?? [];
			return scripts.every((script) => names.has(script)) ? response : null;
		}
	};
}
