import {
	baseLocale,
	extractLocaleFromNavigator,
	isLocale,
	localStorageKey,
	overwriteGetLocale,
	type Locale
} from './generated/runtime.js';

/** The language of the screen: the one chosen on this device, else the browser's, else English. */
class Language {
	#current = $state<Locale>(remembered() ?? extractLocaleFromNavigator() ?? baseLocale);
	#chosen = $state(remembered() !== undefined);

	get current(): Locale {
		return this.#current;
	}

	/** Whether the person has made a choice on this device. */
	get chosen() {
		return this.#chosen;
	}

	choose(locale: Locale) {
		this.#current = locale;
		this.#chosen = true;
		document.documentElement.lang = locale;
		remember(locale);
	}
}

export const language = new Language();
overwriteGetLocale(() => language.current);

function remembered(): Locale | undefined {
	try {
		const locale = localStorage.getItem(localStorageKey);
		return isLocale(locale) ? locale : undefined;
	} catch {
		return undefined; // storage is closed to this page: the browser's language will do
	}
}

function remember(locale: Locale) {
	try {
		localStorage.setItem(localStorageKey, locale);
	} catch {
		return; // the choice lasts as long as the page
	}
}
