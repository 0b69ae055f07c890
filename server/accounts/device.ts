import { DeviceName } from '#shared/accounts.ts';

const systems: [RegExp, string][] = [
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/CrOS/, 'ChromeOS'],
	[/Mac OS X|Macintosh/, 'Mac'],
	[/Windows/, 'Windows'],
	[/Linux/, 'Linux']
];
const browsers: [RegExp, string][] = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\//, 'Opera'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
	[/Safari\//, 'Safari']
];

/** A name by which people know their device: "Firefox, Linux". The person's own name for it wins. */
export function deviceNameOf(given: string | undefined, userAgent: string | undefined): string {
	if (given) return given;
	const agent = userAgent ?? '';
	const parts = [nameIn(browsers, agent), nameIn(systems, agent)].filter(Boolean).join(', ');
	const name = DeviceName.safeParse(parts || agent.split(/[\s/]/)[0]);
	return name.success ? name.data : 'Device';
}

function nameIn(names: [RegExp, string][], agent: string) {
	return names.find(([pattern]) => pattern.test(agent))?.[1];
}
