import { defineConfig, devices } from '@playwright/test';
import { browserOptions } from './tests/support/browser.ts';

const launchOptions = browserOptions();
const wanted = (process.env.TALAS_BROWSERS ?? 'chromium').split(',');

export default defineConfig({
	testDir: 'tests/journeys',
	outputDir: 'tests/.artifacts/journeys',
	globalSetup: './tests/support/before-journeys.ts',
	forbidOnly: Boolean(process.env.CI),
	retries: 0,
	workers: 2,
	timeout: 180_000,
	expect: { timeout: 30_000 },
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
