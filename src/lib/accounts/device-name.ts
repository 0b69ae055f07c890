/** In this order: each of these names is also in the words of those before it. */
const browsers: [RegExp, string][] = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\/|Opera/, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
	[/Safari\//, 'Safari']
];

const systems: [RegExp, string][] = [
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/CrOS/, 'ChromeOS'],
	[/Windows/, 'Windows'],
	[/Mac OS X|Macintosh/, 'Mac'],
	[/Linux/, 'Linux']
];

/** A name for this device in the list of sessions, such as `Firefox, Android`. */
export function deviceName(userAgent: string): string {
	const known = [browsers, systems].map(
		(names) => names.find(([sign]) => sign.test(userAgent))?.[1]
	);
	return known.filter(Boolean).join(', ') || 'Browser';
}
