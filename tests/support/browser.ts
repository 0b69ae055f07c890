/** The browser of journeys and of figures about the app: the one found on this machine. */
import { existsSync, readFileSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';
import { findChromium } from '../../tools/chromium.js';

/** `executablePath` means the whole browser without a window, as people have it: see `--headless`. */
export function browserOptions(): LaunchOptions {
	// The processes that Playwright starts for its tests ask again: they need not search.
	const chromium = (process.env.TALAS_CHROMIUM ??= findChromium() ?? '');
	return { executablePath: chromium || undefined, chromiumSandbox: sandboxWorks() };
}

/** Chromium's sandbox cannot be had by root, nor where AppArmor takes user namespaces away. */
function sandboxWorks() {
	const rule = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
	const taken = existsSync(rule) && readFileSync(rule, 'utf8').trim() === '1';
	return process.getuid?.() !== 0 && !taken;
}
