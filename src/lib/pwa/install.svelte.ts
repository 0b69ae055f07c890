/** Chromium's offer to install the app; not in the standard, so not in TypeScript either. */
type InstallOffer = Event & {
	prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
};

class Install {
	#offer = $state.raw<InstallOffer | null>(null);
	#installed = $state(false);

	/** Begins to listen for the browser's offer. Once, when the app starts. */
	start(): void {
		this.#installed = isStandalone();
		addEventListener('beforeinstallprompt', (event) => {
			event.preventDefault();
			this.#offer = event as InstallOffer;
		});
		addEventListener('appinstalled', () => {
			this.#offer = null;
			this.#installed = true;
		});
	}

	/** Whether `ask` would show the browser's dialog. */
	get possible() {
		return this.#offer !== null && !this.#installed;
	}

	/** Whether this is the installed app, or it was installed from this page. */
	get installed() {
		return this.#installed;
	}

	/** Whether the person has to do it by the share menu of an iPhone or iPad. */
	get ios() {
		return !this.#installed && isIos();
	}

	/** Shows the browser's dialog; answers whether the person agreed. An offer counts once. */
	async ask(): Promise<boolean> {
		const offer = this.#offer;
		this.#offer = null;
		if (!offer) return false;
		const { outcome } = await offer.prompt();
		return outcome === 'accepted';
	}
}

/** Putting the app on the home screen or into the dock. */
export const install = new Install();

function isStandalone() {
	const shown = matchMedia('(display-mode: standalone), (display-mode: minimal-ui)').matches;
	return shown || (navigator as { standalone?: boolean }).standalone === true;
}

/** An iPad says that it is a Mac, but no Mac has a touch screen. */
function isIos() {
	const { userAgent, maxTouchPoints } = navigator;
	return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}
