/** A device that somebody holds: a browser of its own, with what it keeps between two openings. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, BrowserType, Page } from '@playwright/test';

export type DeviceOptions = {
	/** Where Talas is. */
	url: string;
	launch: Parameters<BrowserType['launchPersistentContext']>[1];
	context?: BrowserContextOptions;
};

/** Takes a new device, with nothing on it, and opens Talas there. */
export async function takeDevice(browser: BrowserType, options: DeviceOptions): Promise<Device> {
	const profile = await mkdtemp(join(tmpdir(), `talas-test-${process.pid}-`));
	const device = new Device(browser, options, profile);
	await device.open();
	return device;
}

export class Device {
	readonly url: string;
	#browser: BrowserType;
	#options: DeviceOptions;
	#profile: string;
	#context: BrowserContext | undefined;
	#page: Page | undefined;

	constructor(browser: BrowserType, options: DeviceOptions, profile: string) {
		this.url = options.url;
		this.#browser = browser;
		this.#options = options;
		this.#profile = profile;
	}

	get page(): Page {
		if (!this.#page) throw new Error('The browser of this device is closed.');
		return this.#page;
	}

	get context(): BrowserContext {
		if (!this.#context) throw new Error('The browser of this device is closed.');
		return this.#context;
	}

	/** Starts the browser and goes to `path`, with or without a network. */
	async open(path = '/', { offline = false } = {}): Promise<void> {
		this.#context = await this.#browser.launchPersistentContext(this.#profile, {
			...this.#options.launch,
			...this.#options.context,
			baseURL: this.url,
			offline
		});
		this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
		await this.#page.goto(path);
	}

	/** Closes the browser; what it keeps stays on the device. */
	async shut(): Promise<void> {
		await this.#context?.close();
		this.#context = undefined;
		this.#page = undefined;
	}

	/** Closes the browser and opens it again. */
	async restart(path = '/', { offline = false } = {}): Promise<void> {
		await this.shut();
		await this.open(path, { offline });
	}

	async openTab(path = '/'): Promise<Page> {
		const tab = await this.context.newPage();
		await tab.goto(path);
		return tab;
	}

	async goOffline(): Promise<void> {
		await this.context.setOffline(true);
	}

	async goOnline(): Promise<void> {
		await this.context.setOffline(false);
	}

	/** Waits until the app is kept on the device, so that it opens with no network. */
	async keepsTheApp(): Promise<void> {
		await this.page.waitForFunction(async () => {
			const worker = await navigator.serviceWorker.ready;
			return worker.active?.state === 'activated';
		});
	}

	/** Throws the device away. */
	async close(): Promise<void> {
		await this.shut();
		await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
}
