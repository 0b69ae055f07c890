import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#server/env.ts';

test('the README names every setting, and no other', async () => {
	const source = await readFile(join(root, 'server/env.ts'), 'utf8');
	const readme = await readFile(join(root, 'README.md'), 'utf8');
	const settings = [...source.matchAll(/^\t([A-Z][A-Z0-9_]+): z/gm)].map(([, name]) => name);
	const told = [...readme.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, name]) => name);
	expect(settings.length).toBeGreaterThan(5);
	expect(told.sort()).toEqual(settings.sort());
});
