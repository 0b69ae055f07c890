import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	addFile,
	addVersion,
	deleteFile,
	renameFile,
	renameVersion,
	restoreFile,
	showVersion,
	trashFile,
	type File
} from '#shared/files.ts';
import { newId, type Id } from '#shared/id.ts';
import { people as peopleHooks } from '#server/domains.ts';
import { kinds } from '../../tests/support/database.ts';
import { Outbox } from '../../tests/support/outbox.ts';
import { openTestTalas, type Browser, type TestTalas } from '../../tests/support/talas.ts';
import { claim, sweepBlobs } from './blobs.ts';
import { cardsOfFiles, storageUseOf } from './queries.ts';
import { blobs, fileVersions } from './tables.ts';
import { sweepFiles } from './trash.ts';

const quota = 10_000;
const day = 86_400_000;

describe.each(kinds)('files (%s)', (kind) => {
	let t: TestTalas;
	let ana: Browser;
	let anaId: Id;
	let phone: Outbox;
	let laptop: Outbox;
	let theirs: Outbox;

	beforeAll(async () => {
		t = await openTestTalas(kind, { quota });
		const ben = t.browser();
		ana = t.browser();
		anaId = (await ana.register('ana')).user.id;
		await ben.register('ben');
		[phone, laptop, theirs] = [new Outbox(ana), new Outbox(ana), new Outbox(ben)];
	});
	afterAll(() => t.close());

	const song = { name: 'Demo 3.wav', size: 100, type: 'audio/wav' } as const;
	async function added(more: { name?: string; size?: number } = {}) {
		const id = newId();
		await phone.do(addFile, { ...song, ...more, id });
		return id;
	}
	const file = (id: Id, on = laptop) => on.record<File>('files', id);
	const used = async () => (await storageUseOf(t.talas.db, anaId, quota)).used;
	/** As if its bytes had come. */
	async function ready(versionId: Id, sha256: string) {
		await t.talas.db.transaction(async (tx) => {
			await claim(tx, sha256, song.size);
			const there = { state: 'ready', sha256, type: 'audio/wav' } as const;
			await tx.update(fileVersions).set(there).where(eq(fileVersions.id, versionId));
		});
	}
	const blob = async (sha256: string) =>
		(await t.talas.db.select().from(blobs).where(eq(blobs.sha256, sha256)))[0];

	test('a file is there before its bytes are, on every device of its owner and no other', async () => {
		const id = await added();
		expect(await file(id)).toMatchObject({
			id,
			ownerId: anaId,
			name: 'Demo 3.wav',
			current: 1,
			versions: [
				{ id, number: 1, size: 100, declaredType: 'audio/wav', type: null, state: 'waiting' }
			],
			trashedAt: null,
			_scope: `user:${anaId}`
		});
		expect(await file(id, theirs)).toBeUndefined();
	});

	test('adding it again changes nothing, and the id of another person is taken', async () => {
		const id = await added();
		const before = await used();
		await laptop.do(addFile, { ...song, id, name: 'other.wav' });
		expect(await file(id)).toMatchObject({ name: 'Demo 3.wav' });
		expect(await used()).toBe(before);
		expect(await theirs.refusal(addFile, { ...song, id })).toBe('id-taken');
	});

	test.each([
		['no name', { name: '' }, 'name', 'too-short'],
		['a name of controls', { name: 'a\u0000b' }, 'name', 'forbidden-characters'],
		['a name that reads backwards', { name: 'gpj.\u202Eexe' }, 'name', 'forbidden-characters'],
		['no bytes', { size: 0 }, 'size', 'too-small'],
		['fewer than no bytes', { size: -1 }, 'size', 'too-small'],
		['more than any storage takes', { size: 6 * 1024 ** 3 }, 'size', 'too-large'],
		['a type that is none', { type: 'text/html; charset=x' }, 'type', 'invalid'],
		['a state of its own', { state: 'ready' }, 'state', 'unknown-field'],
		['a hash', { sha256: 'a'.repeat(64) }, 'sha256', 'unknown-field']
	])('%s is refused by name', async (_, wrong, path, code) => {
		const result = await phone.push(addFile, { ...song, id: newId(), ...wrong } as never);
		expect(result).toMatchObject({
			problem: { code: 'invalid-input', errors: [{ path, code }], retryable: false }
		});
	});

	test.each(['../../etc/passwd', 'C:\\con', '.', 'a/b.mp3', '~', '%2e%2e%2f'])(
		'a name is only words: %j',
		async (name) => {
			expect(await file(await added({ name }))).toMatchObject({ name });
		}
	);

	test('renaming, and naming a version', async () => {
		const id = await added();
		await phone.do(renameFile, { id, name: 'Dünen.wav' });
		await phone.do(renameVersion, { id, name: 'mix 3, vocals up' });
		expect(await file(id)).toMatchObject({
			name: 'Dünen.wav',
			versions: [{ name: 'mix 3, vocals up' }]
		});
		expect(await theirs.refusal(renameFile, { id, name: 'mine' })).toBe('not-found');
		expect(await theirs.refusal(renameVersion, { id, name: 'mine' })).toBe('not-found');
	});

	test('a version is added beside the one before, and shown when it is there', async () => {
		const id = await added();
		const second = newId();
		await phone.do(addVersion, { id: second, fileId: id, name: 'mix 2', size: 200 });
		await phone.do(addVersion, { id: second, fileId: id, name: 'mix 2', size: 200 });
		expect(await file(id)).toMatchObject({ current: 1, versions: [{ number: 1 }, { number: 2 }] });
		expect(await phone.refusal(showVersion, { id: second })).toBe('rejected-by-state');
		await ready(second, 'b'.repeat(64));
		await phone.do(showVersion, { id: second });
		expect(await file(id)).toMatchObject({ current: 2 });
		expect((await cardsOfFiles(t.talas.db, [id])).get(id)).toMatchObject({
			name: 'Demo 3.wav',
			variant: 'v2',
			size: 200,
			state: 'ready'
		});
		expect(await theirs.refusal(addVersion, { id: newId(), fileId: id, size: 1 })).toBe(
			'not-found'
		);
		expect(await theirs.refusal(showVersion, { id })).toBe('not-found');
	});

	test('into the trash and back, and only from there for good', async () => {
		const id = await added();
		expect(await phone.refusal(deleteFile, { id })).toBe('rejected-by-state');
		expect(await theirs.refusal(trashFile, { id })).toBe('not-found');
		await phone.do(trashFile, { id });
		expect((await file(id))?.trashedAt).not.toBeNull();
		await phone.do(restoreFile, { id });
		expect((await file(id))?.trashedAt).toBeNull();
		await phone.do(trashFile, { id });
		const before = await used();
		await phone.do(deleteFile, { id });
		expect(await file(id)).toBeUndefined();
		expect(await used()).toBe(before - song.size);
	});

	test('the trash is emptied after thirty days', async () => {
		const id = await added();
		await phone.do(trashFile, { id });
		await sweepFiles(t.talas, new Date(Date.now() + 29 * day));
		expect(await file(id)).toBeDefined();
		await sweepFiles(t.talas, new Date(Date.now() + 31 * day));
		expect(await file(id)).toBeUndefined();
	});

	test('what an account keeps is bounded, by all of its versions together', async () => {
		const room = quota - (await used());
		expect(await phone.refusal(addFile, { ...song, id: newId(), size: room + 1 })).toBe(
			'quota-exceeded'
		);
		const id = await added({ size: room });
		const version = { id: newId(), fileId: id, size: 1 };
		expect(await phone.refusal(addVersion, version)).toBe('quota-exceeded');
		await phone.do(trashFile, { id });
		await phone.do(deleteFile, { id });
		expect(await used()).toBe(quota - room);
	});

	test('of two devices that want the last room at once, one gets it', async () => {
		const room = quota - (await used());
		const both = await Promise.all(
			[phone, laptop].map(async (device) => {
				const id = newId();
				const refusal = await device.refusal(addFile, { ...song, id, size: room });
				return { id, refusal };
			})
		);
		expect(both.map(({ refusal }) => refusal).sort()).toEqual(['quota-exceeded', undefined]);
		const id = both.find(({ refusal }) => !refusal)?.id ?? '';
		await phone.do(trashFile, { id });
		await phone.do(deleteFile, { id });
	});

	test('bytes that two files share stay until the last one is deleted, and a day longer', async () => {
		const sha256 = 'c'.repeat(64);
		const both = [await added(), await added()];
		for (const id of both) await ready(id, sha256);
		expect(await blob(sha256)).toMatchObject({ references: 2, unusedSince: null });
		for (const id of both) {
			await phone.do(trashFile, { id });
			await phone.do(deleteFile, { id });
		}
		expect(await blob(sha256)).toMatchObject({ references: 0 });
		await sweepBlobs(t.talas, Date.now() + day / 2);
		expect(await blob(sha256)).toBeDefined();
		await sweepBlobs(t.talas, Date.now() + day * 2);
		expect(await blob(sha256)).toBeUndefined();
	});

	test('a person who leaves takes their files along, and nobody else’s bytes', async () => {
		const eve = t.browser();
		const eveId = (await eve.register('eve')).user.id;
		const device = new Outbox(eve);
		const sha256 = 'd'.repeat(64);
		const hers = newId();
		await device.do(addFile, { ...song, id: hers });
		await ready(hers, sha256);
		await ready(await added(), sha256);
		await t.talas.feeds.write(async (tx) => {
			await peopleHooks.leaving(tx, eveId);
			await tx.execute(sql`delete from accounts where id = ${eveId}::uuid`);
		});
		expect(await blob(sha256)).toMatchObject({ references: 1, unusedSince: expect.anything() });
		await sweepBlobs(t.talas, Date.now() + day * 2);
		expect(await blob(sha256)).toBeDefined();
	});
});
