import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

/** Slow machines are no reason to fail; a test that hangs still ends. */
const patience = { testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
	test: {
		globalSetup: 'tests/support/setup.ts',
		projects: [
			{
				test: {
					...patience,
					name: 'server',
					environment: 'node',
					include: [
						'{shared,server,bridge,tools}/**/*.test.ts',
						'tests/{*,bench/*,support/*}.test.ts'
					]
				}
			},
			{
				plugins: [sveltekit()],
				// Runes that touch the outside are those of the browser.
				resolve: { conditions: ['browser'] },
				test: {
					...patience,
					name: 'client',
					environment: 'node',
					include: ['src/**/*.test.ts', 'tests/sync/**/*.test.ts']
				}
			}
		]
	}
});
