import { expect, test } from 'vitest';
import { isChunkError } from './chunk-errors.ts';

test('a missing part of the app is recognised in the words of each browser', () => {
	for (const message of [
		'Failed to fetch dynamically imported module: https://talas.test/_app/immutable/nodes/3.js',
		'error loading dynamically imported module: https://talas.test/_app/immutable/nodes/3.js',
		'Importing a module script failed.',
		'Unable to preload CSS for /_app/immutable/assets/3.css'
	]) {
		expect(isChunkError(new TypeError(message))).toBe(true);
	}
});

test('other errors are not mistaken for one', () => {
	for (const error of [new TypeError('Failed to fetch'), new Error('no'), null, undefined, 'x']) {
		expect(isChunkError(error)).toBe(false);
	}
});
