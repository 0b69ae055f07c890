import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import Dexie from 'dexie';
import { newId } from '#shared/id.ts';
import type { Problem } from '#shared/problem.ts';
import {
	codeVersion,
	countUnsent,
	deleteLocal,
	hasLocal,
	openLocal,
	setting,
	watch
} from './local.ts';
import type { Local } from './local.ts';

const opened: Local[] = [];

async function open(userId: string) {
	const heard: string[] = [];
	const local = await openLocal(userId, {
		outdated: () => heard.push('outdated'),
		gone: () => heard.push('gone')
	});
	opened.push(local);
	return { local, heard };
}

function change(n: number) {
	const print = { touches: [], reads: [] };
	const at = new Date().toISOString();
	return { n, id: newId(), name: 'library.addFavourite', args: {}, at, ...print };
}

afterEach(() => {
	for (const local of opened.splice(0)) local.close();
});

describe('the database of one account', () => {
	test('nothing of one account is in the database of another', async () => {
		const [one, two] = [newId(), newId()];
		const { local: mine } = await open(one);
		await mine.outbox.add(change(1));
		const { local: theirs } = await open(two);
		expect(await theirs.outbox.count()).toBe(0);
		expect(await countUnsent(one)).toBe(1);
	});

	test('what was refused counts as work that only this device has, what is skipped does not', async () => {
		const userId = newId();
		const { local } = await open(userId);
		const [kept, skipped] = [change(1), { ...change(2), name: 'sync.skip' }];
		const lastError: Problem = {
			type: 'urn:talas:problem:rejected-by-state',
			title: 'Things have changed',
			status: 409,
			code: 'rejected-by-state',
			detail: 'Things have changed',
			requestId: 'one',
			retryable: false
		};
		await local.outbox.add(skipped);
		await local.attention.add({ ...kept, state: 'refused', attempts: 0, lastError });
		expect(await countUnsent(userId)).toBe(1);
	});

	test('asking for unsent work of an account that was never here makes no database', async () => {
		const stranger = newId();
		expect(await countUnsent(stranger)).toBe(0);
		expect(await hasLocal(stranger)).toBe(false);
	});

	test('it remembers the newest code that opened it', async () => {
		const { local } = await open(newId());
		expect(await setting(local, 'codeVersion')).toBe(codeVersion);
	});

	test('a tab with older code is told as soon as newer code opens the database', async () => {
		const { local, heard } = await open(newId());
		expect(heard).toEqual([]);
		await local.settings.put({ key: 'codeVersion', value: codeVersion + 1 });
		await expect.poll(() => heard).toEqual(['outdated']);
		local.close();
		const { local: again, heard: told } = await open(local.name.replace('talas-', ''));
		await expect.poll(() => told).toEqual(['outdated']);
		expect(await setting(again, 'codeVersion')).toBe(codeVersion + 1);
	});

	test('an upgrade by newer code is not held up by an older tab', async () => {
		const userId = newId();
		const { local, heard } = await open(userId);
		await local.outbox.add(change(1));
		const newer = new Dexie(local.name);
		newer.version(99).stores({ settings: 'key', outbox: 'n', songs: 'id' });
		await newer.open();
		expect(heard).toEqual(['outdated']);
		expect(await newer.table('outbox').count()).toBe(1);
		newer.close();
	});

	test('deleting it reaches the tabs that have it open', async () => {
		const userId = newId();
		const { heard } = await open(userId);
		await deleteLocal(userId);
		expect(heard).toEqual(['gone']);
		expect(await hasLocal(userId)).toBe(false);
	});

	test('what is watched is told again after each change', async () => {
		const { local } = await open(newId());
		const counts: number[] = [];
		const stop = watch(
			() => local.outbox.count(),
			(count) => counts.push(count)
		);
		await expect.poll(() => counts).toEqual([0]);
		await local.outbox.add(change(1));
		await expect.poll(() => counts).toEqual([0, 1]);
		stop();
		await local.outbox.add(change(2));
		await new Promise((done) => setTimeout(done, 20));
		expect(counts).toEqual([0, 1]);
	});
});
