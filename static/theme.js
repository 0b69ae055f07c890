// Runs before the first paint: the page never flashes in the wrong light or the wrong language.
{
	const page = document.documentElement;
	const remembered = (key) => {
		try {
			return localStorage.getItem(key);
		} catch {
			return null;
		}
	};

	const dark = matchMedia('(prefers-color-scheme: dark)').matches;
	const chosen = remembered('talas-theme');
	const theme = chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
	page.dataset.theme = theme;
	document
		.querySelector('meta[name="theme-color"]')
		.setAttribute('content', theme === 'dark' ? '#17130f' : '#f5efe3');

	const wished = [remembered('PARAGLIDE_LOCALE'), ...navigator.languages];
	const known = wished.map((language) => String(language).slice(0, 2).toLowerCase());
	page.lang = known.find((language) => language === 'fr' || language === 'en') ?? 'en';
}
