// Runs before the first paint: the page never flashes in the wrong light or the wrong language.
(function () {
	var page = document.documentElement;
	var remembered = function (key) {
		try {
			return localStorage.getItem(key);
		} catch (_) {
			return null;
		}
	};
	var theme = remembered('talas-theme');
	if (theme !== 'light' && theme !== 'dark') {
		theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
	}
	page.dataset.theme = theme;
	var colour = document.querySelector('meta[name="theme-color"]');
	if (colour) colour.setAttribute('content', theme === 'dark' ? '#17130f' : '#f5efe3');
	var language = remembered('PARAGLIDE_LOCALE');
	if (language !== 'fr' && language !== 'en') {
		language = 'en';
		var wished = navigator.languages || [navigator.language];
		for (var i = 0; i < wished.length; i++) {
			var start = String(wished[i]).slice(0, 2).toLowerCase();
			if (start === 'fr' || start === 'en') {
				language = start;
				break;
			}
		}
	}
	page.lang = language;
})();
