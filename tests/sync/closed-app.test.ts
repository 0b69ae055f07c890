/** The service worker sends what waits while the app is closed. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { userScope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import { flush } from '../../src/service-worker/flush.ts';
import type { Browser } from '../support/talas.ts';
import { Device } from './device.ts';
import { broken, breakNote, editNote, writeNote } from './notes.ts';
import { openStage, type Stage } from './stage.ts';

describe('with the app closed', () => {
	let stage: Stage;
	let browser: Browser;
	let me: { id: Id };
	let phone: Device;
	let asked: string[];
	let people = 0;

	beforeAll(async () => {
		stage = await openStage('postgres');
	});
	afterAll(() => stage.close());

	beforeEach(async () => {
		browser = stage.browser();
		me = (await browser.register(`closed_${++people}`)).user;
		const acting = await stage.talas.tokens.read(browser.accessToken ?? '');
		const disk = new IDBFactory();
		phone = await new Device(stage, acting, disk).open();
		phone.offline = true;
		asked = [];
		vi.stubGlobal('indexedDB', disk);
		vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
			asked.push(path);
			return browser.raw(init.method ?? 'GET', path, init);
		});
	});
	afterEach(() => {
		vi.unstubAllGlobals();
		phone.close();
		broken.clear();
	});

	async function write(body: string) {
		const id = newId();
		await phone.sync.mutate(writeNote, { id, scope: userScope(me.id), body });
		return id;
	}

	/** What somebody else would see: another device of the same person. */
	async function seen() {
		const desk = await new Device(stage, phone.me).open();
		await desk.settle();
		const notes = await desk.notes();
		desk.close();
		return notes;
	}

	test('all that waits is sent, once, and the app hears of it when it is opened', async () => {
		const id = await write('in a tunnel');
		for (let i = 0; i < 130; i++) await phone.sync.mutate(editNote, { id });
		await flush(me.id);
		expect(asked).toEqual(['/api/auth/refresh', '/api/sync/push', '/api/sync/push']);
		expect(await seen()).toMatchObject([{ body: 'in a tunnel', edits: 130 }]);
		phone.offline = false;
		await phone.settle();
		expect(await phone.notes()).toEqual(await seen());
	});

	test('a tab that is open does it itself', async () => {
		await write('one');
		await navigator.locks.request(`talas-leader-${me.id}`, () => flush(me.id));
		expect(asked).toEqual([]);
	});

	test('nothing is sent with the cookie of somebody else', async () => {
		await write('mine');
		browser = stage.browser();
		await browser.register(`closed_${++people}`);
		await flush(me.id);
		expect(asked).toEqual(['/api/auth/refresh']);
	});

	test('a server that is away is tried again by the browser', async () => {
		await write('one');
		vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
		await expect(flush(me.id)).rejects.toThrow('no network');
		expect(await phone.local.outbox.count()).toBe(1);
	});

	test('it stops at what has to wait', async () => {
		const id = await write('one');
		broken.add(id);
		await phone.sync.mutate(breakNote, { id });
		await flush(me.id);
		expect(await seen()).toHaveLength(1);
		expect(asked.filter((path) => path.endsWith('push'))).toHaveLength(1);
	});

	test('where nothing waits, or nobody is, nothing is asked and nothing is made', async () => {
		await flush(me.id);
		await flush(newId());
		expect(asked).toEqual([]);
		expect((await indexedDB.databases()).map(({ name }) => name)).toEqual([`talas-${me.id}`]);
	});
});
