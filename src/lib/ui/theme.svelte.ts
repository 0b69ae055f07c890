export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'talas-theme';
const grounds = { light: '#f5efe3', dark: '#17130f' };

/** Light or dark: as chosen on this device, else as the system has it. `static/theme.js` sets it first. */
class ThemeChoice {
	#current = $state<Theme>(remembered() ?? 'system');
	#chosen = $state(remembered() !== undefined);
	#system = matchMedia('(prefers-color-scheme: dark)');

	constructor() {
		this.#system.addEventListener('change', () => this.#show());
	}

	get current(): Theme {
		return this.#current;
	}

	/** Whether the person has made a choice on this device. */
	get chosen() {
		return this.#chosen;
	}

	choose(theme: Theme) {
		this.#current = theme;
		this.#chosen = true;
		remember(theme);
		this.#show();
	}

	#show() {
		const system = this.#system.matches ? 'dark' : 'light';
		const shown = this.#current === 'system' ? system : this.#current;
		document.documentElement.dataset.theme = shown;
		document.querySelector('meta[name="theme-color"]')?.setAttribute('content', grounds[shown]);
	}
}

export const theme = new ThemeChoice();

function remembered(): Theme | undefined {
	try {
		const stored = localStorage.getItem(key);
		return themes.find((one) => one === stored);
	} catch {
		return undefined; // storage is closed to this page
	}
}

function remember(theme: Theme) {
	try {
		localStorage.setItem(key, theme);
	} catch {
		return; // the choice lasts as long as the page
	}
}
