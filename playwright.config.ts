import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';
import { findChromium } from './tools/chromium.js';

// The processes that Playwright starts for its tests read this file again: they need not search.
const chromium = (process.env.TALAS_CHROMIUM ??= findChromium() ?? '');
const wanted = (process.env.TALAS_BROWSERS ?? 'chromium').split(',');

/** Chromium's sandbox cannot be had by root, nor where AppArmor takes user namespaces away. */
function sandboxWorks() {
	const rule = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
	const taken = existsSync(rule) && readFileSync(rule, 'utf8').trim() === '1';
	return process.getuid?.() !== 0 && !taken;
}

/** `executablePath` means the whole browser without a window, as people have it: see `--headless`. */
const launchOptions = {
	executablePath: chromium || undefined,
	chromiumSandbox: sandboxWorks()
};

export default defineConfig({
	testDir: 'tests/journeys',
	outputDir: 'tests/.artifacts/journeys',
	globalSetup: './tests/support/before-journeys.ts',
	forbidOnly: Boolean(process.env.CI),
	retries: 0,
	workers: 2,
	timeout: 90_000,
	expect: { timeout: 15_000 },
	reporter: [['list'], ['json', { outputFile: 'tests/.artifacts/journeys.json' }]],
	use: {
		actionTimeout: 30_000,
		locale: 'en-GB',
		timezoneId: 'Europe/Paris',
		trace: 'retain-on-failure',
		screenshot: 'only-on-failure'
	},
	projects: [
		{ name: 'chromium', use: { ...devices['Desktop Chrome'], launchOptions } },
		{ name: 'firefox', use: { ...devices['Desktop Firefox'] } },
		{ name: 'webkit', use: { ...devices['Desktop Safari'] } }
	].filter(({ name }) => wanted.includes(name))
});
