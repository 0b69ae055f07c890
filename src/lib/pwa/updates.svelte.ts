/**
 * A new version of the app: it is announced, never imposed.
 *
 * It promises: the new worker waits until `apply`; a page is reloaded only after the new worker has
 * taken over (`controllerchange`), and never while something holds it (`hold`: a recording, an
 * upload). The other tabs show the announcement too, and reload by themselves only when nobody sees
 * them and nothing typed in them would be lost. A page that could not load a part of itself is
 * reloaded once, not in a circle, and not while something typed in it would be lost.
 */
const hour = 3_600_000;
const mendedKey = 'talas-mended';

class Updates {
	#ready = $state(false);
	#registration: ServiceWorkerRegistration | null = null;
	#checkedAt = Date.now();
	#controlled = false;
	#applying = false;
	#superseded = false;
	#typedOn: string | null = null;
	readonly #holds = new Set<symbol>();

	/** Whether a newer version is here, or needed: show the announcement. */
	get ready() {
		return this.#ready;
	}

	/** Whether this browser can keep the app for offline use at this address. */
	get supported() {
		return 'serviceWorker' in navigator;
	}

	/** Begins to note what must not be lost by a reload. Once, when the app starts. */
	start(): void {
		addEventListener('input', () => (this.#typedOn = location.pathname), { capture: true });
	}

	/** Follows the worker that register.ts registered. */
	follow(registration: ServiceWorkerRegistration): void {
		this.#registration = registration;
		this.#controlled = navigator.serviceWorker.controller !== null;
		if (registration.waiting && this.#controlled) this.#ready = true;
		if (registration.installing) this.#watch(registration.installing);
		registration.addEventListener('updatefound', () => this.#watch(registration.installing));
		navigator.serviceWorker.addEventListener('controllerchange', () => this.#changed());
		document.addEventListener('visibilitychange', () => this.#look());
		addEventListener('focus', () => this.#look());
	}

	/** Newer code needs this page to be reloaded: it opened the database, or the server asks for it. */
	outdated(): void {
		this.#ready = true;
	}

	/** Takes the new version: reloads this page as soon as the new worker serves it. */
	async apply(): Promise<void> {
		this.#applying = true;
		if (this.#holds.size > 0) return;
		const waiting = this.#superseded ? null : await this.#findWaiting();
		if (waiting) waiting.postMessage({ type: 'skip-waiting' });
		else location.reload();
	}

	/** Keeps this page from being reloaded until the answer is called. */
	hold(): () => void {
		const hold = Symbol('hold');
		this.#holds.add(hold);
		return () => {
			if (!this.#holds.delete(hold) || this.#holds.size > 0) return;
			if (this.#applying) void this.apply();
			else this.#reloadUnseen();
		};
	}

	/** Looks for a new version now. Does nothing without a network. */
	async check(): Promise<void> {
		this.#checkedAt = Date.now();
		try {
			await this.#registration?.update();
		} catch (error) {
			console.info('No new version could be looked for.', error);
		}
	}

	/** A part of the app could not be loaded: takes the newest version, or reloads, once. */
	async mend(): Promise<void> {
		this.#ready = true;
		const mendedAt = Number(sessionStorage.getItem(mendedKey) ?? 0);
		if (!this.#isIdle() || Date.now() - mendedAt < 60_000) return;
		if (!(await isReachable())) return;
		sessionStorage.setItem(mendedKey, String(Date.now()));
		await this.apply();
	}

	#watch(worker: ServiceWorker | null) {
		worker?.addEventListener('statechange', () => {
			if (worker.state === 'installed' && this.#controlled) this.#ready = true;
		});
	}

	/** The first worker of all takes over quietly; each later one belongs to a newer build. */
	#changed() {
		if (!this.#controlled) {
			this.#controlled = true;
			return;
		}
		this.#ready = true;
		this.#superseded = true;
		if (this.#applying && this.#holds.size === 0) location.reload();
		else this.#reloadUnseen();
	}

	#look() {
		this.#reloadUnseen();
		const seen = document.visibilityState === 'visible';
		if (seen && Date.now() - this.#checkedAt > hour) void this.check();
	}

	#reloadUnseen() {
		const unseen = document.visibilityState === 'hidden';
		if (this.#superseded && unseen && this.#isIdle()) location.reload();
	}

	/** Whether nothing would be lost by a reload. */
	#isIdle() {
		return this.#holds.size === 0 && this.#typedOn !== location.pathname;
	}

	async #findWaiting(): Promise<ServiceWorker | null> {
		if (!this.#registration) return null;
		if (!this.#registration.waiting) await this.check();
		if (this.#registration.installing) await settled(this.#registration.installing);
		return this.#registration.waiting;
	}
}

/** The version of the app on this page. */
export const updates = new Updates();

function settled(worker: ServiceWorker): Promise<void> {
	return new Promise((done) => {
		worker.addEventListener('statechange', () => {
			if (worker.state !== 'installing') done();
		});
	});
}

/** Reloading without the server would only show the same fault again. */
async function isReachable(): Promise<boolean> {
	const { ping } = await import('../api.ts');
	return ping();
}
