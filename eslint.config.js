import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const environment = { object: 'process', property: 'env', message: 'Only server/env.ts reads it.' };

/** @type {import('eslint').Linter.Config[]} */
export default [
	{
		ignores: [
			'build/',
			'.svelte-kit/',
			'data/',
			'dev-dist/',
			'drizzle/',
			'src/lib/i18n/generated/',
			'tests/.artifacts/'
		]
	},
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			'no-undef': 'off',
			'no-empty': ['error', { allowEmptyCatch: false }],
			'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_$', ignoreRestSiblings: true }
			],
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['**/*.cjs'],
		rules: { '@typescript-eslint/no-require-imports': 'off' }
	},
	{
		files: ['{shared,server,src,bridge}/**'],
		ignores: ['server/env.ts', 'bridge/env.ts', '**/*.test.ts'],
		rules: {
			'no-restricted-properties': ['error', environment],
			'no-restricted-imports': ['error', { paths: environmentImports() }]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			parserOptions: {
				extraFileExtensions: ['.svelte'],
				parser: ts.parser,
				svelteConfig
			}
		}
	},
	{
		// The imports that a screen may not have are in .dependency-cruiser.cjs.
		files: ['src/**/*.svelte'],
		rules: {
			'no-restricted-globals': ['error', { name: 'fetch', message: 'A screen reads queries.' }]
		}
	}
];

/** `import { env } from 'node:process'` is the same door. */
function environmentImports() {
	return ['process', 'node:process'].map((name) => ({
		name,
		importNames: ['env', 'default'],
		message: environment.message
	}));
}
