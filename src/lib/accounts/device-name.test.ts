import { expect, test } from 'vitest';
import { DeviceName } from '#shared/accounts.ts';
import { deviceName } from './device-name.ts';

test.each([
	[
		'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36',
		'Chrome, Linux'
	],
	['Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0', 'Firefox, Android'],
	[
		'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Safari/604.1',
		'Safari, iPhone'
	],
	[
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
		'Edge, Windows'
	],
	['something else', 'Browser']
])('%s is called %s', (userAgent, name) => {
	expect(deviceName(userAgent)).toBe(name);
	expect(DeviceName.safeParse(name).success).toBe(true);
});
