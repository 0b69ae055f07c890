import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '#shared/id.ts';
import { temporaryFolder } from '../../tests/support/temporary.ts';
import { openKeys } from './keys.ts';
import { Tokens, type Acting } from './tokens.ts';

const day = 86_400_000;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
	folder = await temporaryFolder();
});
afterEach(() => folder.close());

const open = () => openKeys({ dataDir: folder.path, keys: undefined });
const acting: Acting = { id: newId(), role: 'user', sessionId: newId(), since: new Date(0) };

test('keys are made once, for nobody else to read', async () => {
	const first = await open();
	first.close();
	const second = await open();
	second.close();
	expect(second.current().kid).toBe(first.current().kid);
	expect(second.hmac('refresh', 'x')).toBe(first.hmac('refresh', 'x'));
	expect((await stat(join(folder.path, 'keys.json'))).mode & 0o777).toBe(0o600);
});

test('a token outlives the rotation of its key, and the key goes a day later', async () => {
	const keys = await open();
	const tokens = new Tokens(
		keys,
		'https://talas.example',
		async () => acting,
		() => {}
	);
	const { accessToken } = await tokens.make(acting);
	const before = keys.current().kid;
	await keys.rotate(Date.now() + 31 * day);
	expect(keys.current().kid).not.toBe(before);
	expect(await tokens.read(accessToken)).toEqual(acting);
	await keys.rotate(Date.now() + 62 * day);
	expect(keys.jwks().keys.map(({ kid }) => kid)).not.toContain(before);
	keys.close();
});

test('an HMAC of one purpose is none of another', async () => {
	const keys = await open();
	expect(keys.hmac('refresh', 'x')).not.toBe(keys.hmac('media', 'x'));
	keys.close();
});

test('several nodes share keys by a setting, and none of them rotates it', async () => {
	(await open()).close();
	const shared = await readFile(join(folder.path, 'keys.json'), 'utf8');
	const keys = await openKeys({ dataDir: '/nowhere', keys: shared });
	const { kid } = keys.current();
	await keys.rotate(Date.now() + 31 * day);
	expect(keys.current().kid).toBe(kid);
	keys.close();
});

test('a token for another Talas is refused here', async () => {
	const keys = await open();
	const there = new Tokens(
		keys,
		'https://there.example',
		async () => acting,
		() => {}
	);
	const here = new Tokens(
		keys,
		'https://here.example',
		async () => acting,
		() => {}
	);
	const { accessToken } = await there.make(acting);
	await expect(here.read(accessToken)).rejects.toMatchObject({ code: 'token-invalid' });
	keys.close();
});

test('a token is asked about once, and again as soon as its session was ended', async () => {
	const keys = await open();
	const ended: string[] = [];
	let asked = 0;
	let live: Acting | undefined = acting;
	const tokens = new Tokens(
		keys,
		'https://talas.example',
		async () => {
			asked++;
			return live;
		},
		(sessionId) => ended.push(sessionId)
	);
	const { accessToken } = await tokens.make(acting);
	for (let i = 0; i < 5; i++) await tokens.read(accessToken);
	expect(asked).toBe(1);
	live = undefined;
	tokens.end(acting.sessionId);
	expect(ended).toEqual([acting.sessionId]);
	await expect(tokens.read(accessToken)).rejects.toMatchObject({ code: 'session-ended' });
	keys.close();
});
