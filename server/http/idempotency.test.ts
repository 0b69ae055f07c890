import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../../tests/support/database.ts';
import { openTestTalas, type Browser, type TestTalas } from '../../tests/support/talas.ts';
import { sweepIdempotency } from './idempotency.ts';

describe.each(kinds)('a write with a key (%s)', (kind) => {
	let t: TestTalas;
	let ana: Browser;
	beforeAll(async () => {
		t = await openTestTalas(kind);
		ana = t.browser();
		await ana.register('ana');
	});
	afterAll(() => t.close());

	const invite = (key: string, browser = ana) =>
		browser.ask('POST', '/api/admin/invites', undefined, { 'idempotency-key': key });
	const count = async () =>
		((await ana.ask('GET', '/api/admin/invites')).body as { items: unknown[] }).items.length;

	test('is done once, and says the same each time', async () => {
		const before = await count();
		const first = await invite('one');
		const again = await invite('one');
		expect([again.status, again.body]).toEqual([201, first.body]);
		expect(await count()).toBe(before + 1);
	});

	test('sent many times at once is done once; the others hear that it is being done', async () => {
		const before = await count();
		const answers = await Promise.all(Array.from({ length: 8 }, () => invite('many')));
		expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true);
		expect(await count()).toBe(before + 1);
	});

	test('the same key for something else is a conflict', async () => {
		await invite('mine');
		const headers = { 'idempotency-key': 'mine' };
		const other = await ana.ask('PATCH', '/api/me', { displayName: 'Ana' }, headers);
		expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-conflict' } });
	});

	test('a refusal is remembered too, with its body', async () => {
		const headers = { 'idempotency-key': 'refused' };
		const change = () => ana.ask('PATCH', '/api/me', { handle: 'x' }, headers);
		const first = await change();
		expect(first.status).toBe(422);
		expect(await change()).toMatchObject({ status: 422, body: first.body as object });
	});

	test('an answer without a body is repeated without one', async () => {
		const headers = { 'idempotency-key': 'empty' };
		const { body } = await ana.ask('GET', '/api/admin/invites');
		const { id } = (body as { items: { id: string }[] }).items[0] ?? {};
		const revoke = () => ana.ask('DELETE', `/api/admin/invites/${id}`, undefined, headers);
		expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 204]);
	});

	test('keys of other people are others', async () => {
		const ben = t.browser();
		await ben.register('ben');
		await invite('shared');
		const headers = { 'idempotency-key': 'shared' };
		expect((await ben.ask('PATCH', '/api/me', { displayName: 'B' }, headers)).status).toBe(200);
	});

	test('after a day a key may be used again', async () => {
		const before = await count();
		await invite('old');
		await sweepIdempotency(t.talas.db, new Date(Date.now() + 86_500_000));
		await invite('old');
		expect(await count()).toBe(before + 2);
	});
});
