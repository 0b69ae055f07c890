/**
 * What every answer carries. An answer may set its own policy; it cannot go without one.
 * `content-security-policy`: data is no page, so nothing may load, run or frame it. The shell has
 * a policy of its own (`shell.ts`).
 */
export const securityHeaders: Readonly<Record<string, string>> = {
	'cache-control': 'no-store',
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), geolocation=(), microphone=(self), midi=(self), usb=()',
	'referrer-policy': 'no-referrer',
	'strict-transport-security': 'max-age=31536000; includeSubDomains',
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY'
};
