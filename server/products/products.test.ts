import { sql } from 'drizzle-orm';
import { strFromU8, unzipSync } from 'fflate';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dismissConflict, type Conflict } from '#shared/conflicts.ts';
import { newId, type Id } from '#shared/id.ts';
import { addFavourite } from '#shared/library.ts';
import {
	addProduct,
	addProductTag,
	addRelease,
	changeProduct,
	changeRelease,
	deleteProduct,
	removeProductTag,
	removeRelease,
	restoreProduct,
	trashProduct,
	type NewProduct,
	type Product
} from '#shared/products.ts';
import { people as peopleHooks } from '#server/domains.ts';
import { isMember } from '#server/sync/memberships.ts';
import { kinds } from '../../tests/support/database.ts';
import { Outbox } from '../../tests/support/outbox.ts';
import { openTestTalas, type Browser, type TestTalas } from '../../tests/support/talas.ts';
import { sweepProducts } from './trash.ts';

const hour = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * hour);

describe.each(kinds)('products (%s)', (kind) => {
	let t: TestTalas;
	let ana: Browser;
	let ben: Browser;
	let anaId: Id;
	let phone: Outbox;
	let laptop: Outbox;
	let theirs: Outbox;

	beforeAll(async () => {
		t = await openTestTalas(kind);
		[ana, ben] = [t.browser(), t.browser()];
		anaId = (await ana.register('ana')).user.id;
		await ben.register('ben');
		// So that people may act hours ago, offline.
		await t.talas.db.execute(sql`update accounts set created_at = now() - interval '400 days'`);
		await ana.signIn('ana');
		await ben.signIn('ben');
		[phone, laptop, theirs] = [new Outbox(ana), new Outbox(ana), new Outbox(ben)];
	});
	afterAll(() => t.close());

	const module = {
		kind: 'module',
		maker: 'Make Noise',
		model: 'Maths',
		details: { hp: 20 }
	} as const;
	async function added(more: Partial<z.input<typeof NewProduct>> = {}) {
		const id = newId();
		await phone.do(addProduct, { ...module, ...more, id } as z.input<typeof NewProduct>, ago(24));
		return id;
	}
	const product = (id: Id, on = phone) => on.record<Product>('products', id);
	const conflictsAt = async (id: Id) =>
		[...(await phone.records<Conflict>('conflicts')).values()].filter(
			({ recordId }) => recordId === id
		);
	const change = (on: Outbox, id: Id, change: object, from: object, at?: Date) =>
		on.do(changeProduct, { id, change, from } as never, at);

	describe('adding', () => {
		test('what is added reads the same everywhere, with its typed fields and its owner', async () => {
			const id = await added({ tags: ['#Eurorack', 'function generator'] });
			expect(await product(id, laptop)).toMatchObject({
				kind: 'module',
				model: 'Maths',
				details: { hp: 20 },
				tags: ['eurorack', 'function generator'],
				visibility: 'private',
				owner: { id: anaId, handle: 'ana', displayName: 'ana' },
				trashedAt: null,
				_scope: `user:${anaId}`
			});
		});

		test('adding it again changes nothing, and the id of another person is taken', async () => {
			const id = await added();
			await phone.do(addProduct, { ...module, id, model: 'other' });
			expect(await product(id)).toMatchObject({ model: 'Maths' });
			expect(await theirs.refusal(addProduct, { ...module, id })).toBe('id-taken');
		});

		test.each([
			[
				'a field of another kind',
				{ details: { formats: ['vst3'] } },
				'details.formats',
				'unknown-field'
			],
			['a kind that there is not', { kind: 'gadget' }, 'kind', 'not-listed'],
			['no model', { model: '' }, 'model', 'too-short'],
			['a width below nothing', { details: { hp: -1 } }, 'details.hp', 'too-small'],
			['a description without end', { description: 'x'.repeat(20_001) }, 'description', 'too-long'],
			[
				'a link that runs',
				{ links: [{ label: '', url: 'javascript:alert(1)' }] },
				'links.0.url',
				'invalid'
			],
			[
				'a licence of its own without words',
				{ licence: { name: 'custom', text: '' } },
				'licence.text',
				'invalid'
			],
			[
				'a model that turns the text around',
				{ model: 'x\u202Ey' },
				'model',
				'forbidden-characters'
			],
			['an owner', { ownerId: newId() }, 'ownerId', 'unknown-field']
		])('%s is refused by name', async (_, wrong, path, code) => {
			const result = await phone.push(addProduct, { ...module, id: newId(), ...wrong } as never);
			expect(result).toMatchObject({
				problem: { code: 'invalid-input', errors: [{ path, code }], retryable: false }
			});
		});
	});

	describe('changing', () => {
		test('two devices that change different fields both win', async () => {
			const id = await added({ details: { hp: 20 } });
			await change(
				phone,
				id,
				{ model: 'Maths 2', details: { depthMm: 24 } },
				{ model: 'Maths', details: { depthMm: null } },
				ago(3)
			);
			await change(
				laptop,
				id,
				{ year: 2013, details: { hp: 21 } },
				{ year: null, details: { hp: 20 } },
				ago(5)
			);
			expect(await product(id)).toMatchObject({
				model: 'Maths 2',
				year: 2013,
				details: { hp: 21, depthMm: 24 }
			});
			expect(await conflictsAt(id)).toEqual([]);
		});

		test.each([
			['the later change comes last', ['early', 'late']],
			['the later change comes first', ['late', 'early']]
		])('of two values for one field the later wins and the other is kept: %s', async (_, order) => {
			const id = await added();
			const edits: Record<string, () => Promise<void>> = {
				early: () => change(phone, id, { model: 'early' }, { model: 'Maths' }, ago(5)),
				late: () => change(laptop, id, { model: 'late' }, { model: 'Maths' }, ago(2))
			};
			for (const name of order) await edits[name]?.();
			expect(await product(id)).toMatchObject({ model: 'late' });
			const [conflict, ...more] = await conflictsAt(id);
			expect(more).toEqual([]);
			expect(conflict).toMatchObject({
				kind: 'products',
				field: 'model',
				kept: 'late',
				lost: 'early',
				whose: anaId,
				_scope: `user:${anaId}`
			});
			expect(Date.parse(conflict?.at ?? '')).toBeCloseTo(ago(5).getTime(), -5);
		});

		test('the same value from two devices is no conflict', async () => {
			const id = await added();
			for (const on of [phone, laptop]) await change(on, id, { year: 2020 }, { year: null });
			expect(await conflictsAt(id)).toEqual([]);
		});

		test('one who takes the other value back makes no new conflict, and lets the old one go', async () => {
			const id = await added();
			await change(phone, id, { details: { hp: 30 } }, { details: { hp: 20 } }, ago(5));
			await change(laptop, id, { details: { hp: 40 } }, { details: { hp: 20 } }, ago(2));
			const [conflict] = await conflictsAt(id);
			expect(conflict).toMatchObject({ field: 'details.hp', lost: 30, kept: 40 });
			await phone.do(changeProduct, {
				id,
				change: { details: { hp: 30 } },
				from: { details: { hp: 40 } }
			});
			await phone.do(dismissConflict, { id: conflict?.id ?? '' });
			expect(await product(id)).toMatchObject({ details: { hp: 30 } });
			expect(await conflictsAt(id)).toEqual([]);
		});

		test('nobody lets go of the conflicts of another', async () => {
			const id = await added();
			await change(phone, id, { year: 1999 }, { year: null }, ago(5));
			await change(laptop, id, { year: 2001 }, { year: null }, ago(2));
			const [conflict] = await conflictsAt(id);
			await theirs.do(dismissConflict, { id: conflict?.id ?? '' });
			expect(await conflictsAt(id)).toHaveLength(1);
		});

		test('however many write one field at once, each value that lost can be found', async () => {
			const id = await added();
			const devices = Array.from({ length: 6 }, () => new Outbox(ana));
			const written = devices.map((_, i) => [1, 2, 3].map((round) => `${i}.${round}`));
			await Promise.all(
				devices.map(async (device, i) => {
					for (const [round, model] of (written[i] ?? []).entries()) {
						await change(device, id, { model }, { model: 'Maths' }, ago(10 - i - round / 10));
					}
				})
			);
			const kept = (await product(id))?.model;
			const lost = (await conflictsAt(id)).map((conflict) => conflict.lost);
			expect(kept).toBe('5.3');
			expect(new Set([kept, ...lost])).toEqual(new Set(written.flat()));
		}, 60_000);

		test('a change says what was seen, for every field', async () => {
			const id = await added();
			const result = await phone.push(changeProduct, { id, change: { year: 2000 }, from: {} });
			expect(result).toMatchObject({
				problem: { errors: [{ path: 'from.year', code: 'required' }] }
			});
		});

		test('a product that changes its kind keeps the fields of the other, for a change back', async () => {
			const id = await added();
			await change(
				phone,
				id,
				{ kind: 'plug-in', details: { formats: ['vst3', 'clap'] } },
				{ kind: 'module', details: { formats: null } }
			);
			await change(phone, id, { kind: 'module' }, { kind: 'plug-in' });
			expect(await product(id)).toMatchObject({
				kind: 'module',
				details: { hp: 20, formats: ['vst3', 'clap'] }
			});
		});

		test('tags of two devices are both there, and taking one off takes that one', async () => {
			const id = await added({ tags: ['one'] });
			await Promise.all([
				phone.do(addProductTag, { id, tag: 'Two' }),
				laptop.do(addProductTag, { id, tag: 'three' })
			]);
			await phone.do(removeProductTag, { id, tag: 'one' });
			await laptop.do(removeProductTag, { id, tag: 'one' });
			expect((await product(id))?.tags).toEqual(['three', 'two']);
		});

		test('what belongs to somebody else does not exist', async () => {
			const id = await added({ visibility: 'public' });
			const release = newId();
			await phone.do(addRelease, {
				id: release,
				productId: id,
				version: '1',
				date: '2026-01-01',
				text: ''
			});
			const deeds = [
				[changeProduct, { id, change: { year: 1999 }, from: { year: null } }],
				[addProductTag, { id, tag: 'mine' }],
				[removeProductTag, { id, tag: 'mine' }],
				[trashProduct, { id }],
				[restoreProduct, { id }],
				[deleteProduct, { id }],
				[addRelease, { id: newId(), productId: id, version: '1', date: '2026-01-01', text: '' }],
				[changeRelease, { id: release, change: { text: 'x' }, from: { text: '' } }],
				[removeRelease, { id: release }]
			] as const;
			for (const [mutation, args] of deeds) {
				expect([mutation.name, await theirs.refusal(mutation, args)]).toEqual([
					mutation.name,
					'not-found'
				]);
				const nothing = { ...args, id: newId() };
				if (mutation !== addRelease)
					expect(await theirs.refusal(mutation, nothing)).toBe('not-found');
			}
		});
	});

	describe('the changelog', () => {
		test('entries are records of their own, and go where the product goes', async () => {
			const id = await added();
			const [one, two] = [newId(), newId()];
			for (const release of [one, two]) {
				await phone.do(addRelease, {
					id: release,
					productId: id,
					version: '1.0',
					date: '2026-02-03',
					text: 'first'
				});
			}
			await phone.do(changeRelease, {
				id: one,
				change: { text: 'First light' },
				from: { text: 'first' }
			});
			await phone.do(removeRelease, { id: two });
			await change(phone, id, { visibility: 'public' }, { visibility: 'private' });
			const releases = await laptop.records('releases');
			expect(releases.get(one)).toMatchObject({
				productId: id,
				date: '2026-02-03',
				text: 'First light',
				_scope: `products:${id}`
			});
			expect(releases.has(two)).toBe(false);
		});

		test('two texts for one entry: the later stands, the other is kept', async () => {
			const id = await added();
			const release = newId();
			await phone.do(
				addRelease,
				{ id: release, productId: id, version: '1', date: '2026-02-03', text: 'a' },
				ago(9)
			);
			await laptop.do(
				changeRelease,
				{ id: release, change: { text: 'c' }, from: { text: 'a' } },
				ago(1)
			);
			await phone.do(
				changeRelease,
				{ id: release, change: { text: 'b' }, from: { text: 'a' } },
				ago(4)
			);
			expect(await conflictsAt(release)).toMatchObject([
				{ kind: 'releases', field: 'text', kept: 'c', lost: 'b' }
			]);
		});
	});

	describe('who sees it', () => {
		test('changing the visibility moves the record between scopes, and back', async () => {
			const id = await added();
			for (const [visibility, from, scope] of [
				['shared', 'private', `products:${id}`],
				['public', 'shared', `products:${id}`],
				['private', 'public', `user:${anaId}`]
			] as const) {
				await change(phone, id, { visibility }, { visibility: from });
				expect(await product(id, laptop)).toMatchObject({ visibility, _scope: scope });
				expect(await isMember(t.talas.db, anaId, `products:${id}`)).toBe(visibility !== 'private');
			}
		});

		test('a stranger reads what is public, and nothing else', async () => {
			const stranger = t.browser();
			for (const visibility of ['private', 'shared', 'public'] as const) {
				const id = await added({ visibility });
				for (const browser of [stranger, ben]) {
					const { status } = await browser.ask('GET', `/api/products/${id}`);
					expect([visibility, status]).toEqual([visibility, visibility === 'public' ? 200 : 404]);
				}
				expect((await ana.ask('GET', `/api/products/${id}`)).status).toBe(200);
				await phone.do(trashProduct, { id });
				expect((await stranger.ask('GET', `/api/products/${id}`)).status).toBe(404);
			}
			expect((await stranger.ask('GET', `/api/products/${newId()}`)).status).toBe(404);
		});

		test('public products come page by page, newest first, by kind, tag and owner', async () => {
			const ids: Id[] = [];
			for (let i = 0; i < 5; i++)
				ids.push(await added({ visibility: 'public', tags: ['paged', `n${i}`] }));
			const seen: Id[] = [];
			let cursor = '';
			do {
				const { body } = await t
					.browser()
					.ask('GET', `/api/products?limit=2&kind=module&owner=${anaId}&tag=paged${cursor}`);
				const page = body as { items: Product[]; nextCursor: string | null };
				seen.push(...page.items.map(({ id }) => id));
				cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : '';
			} while (cursor);
			expect(seen).toEqual(ids.toReversed());
			const { body } = await t.browser().ask('GET', '/api/products?tag=n3');
			expect((body as { items: Product[] }).items).toMatchObject([
				{ id: ids[3], tags: ['n3', 'paged'] }
			]);
			expect((await t.browser().ask('GET', '/api/products?cursor=x')).status).toBe(422);
		});

		test('somebody who starred a public thing has it, until it is public no more, and again after', async () => {
			const id = await added({ visibility: 'public' });
			await theirs.do(addFavourite, { id: newId(), thing: `products:${id}` });
			expect(await product(id, theirs)).toMatchObject({ model: 'Maths' });
			await change(phone, id, { visibility: 'shared' }, { visibility: 'public' });
			expect(await product(id, theirs)).toBeUndefined();
			expect((await ben.ask('GET', `/api/products/${id}`)).status).toBe(404);
			await change(phone, id, { visibility: 'public' }, { visibility: 'shared' });
			expect(await product(id, theirs)).toMatchObject({ model: 'Maths' });
		});

		test('a new name of the owner reaches everyone who has the product', async () => {
			const id = await added({ visibility: 'public' });
			await theirs.do(addFavourite, { id: newId(), thing: `products:${id}` });
			await ana.ask('PATCH', '/api/me', { displayName: 'Ana Ć' });
			await t.talas.settled();
			expect(await product(id, theirs)).toMatchObject({ owner: { displayName: 'Ana Ć' } });
			await t.talas.db.transaction((tx) => peopleHooks.renamed(tx, anaId));
			await peopleHooks.afterRenaming(t.talas);
			const [{ stale } = { stale: -1 }] = await t.talas.db.execute<{ stale: number }>(
				sql`select count(*)::int as stale from products where stale_card`
			);
			expect(stale).toBe(0);
		});
	});

	describe('the trash', () => {
		test('what is in the trash is its owner’s alone, and comes back to everyone', async () => {
			const id = await added({ visibility: 'public' });
			await phone.do(addRelease, {
				id: newId(),
				productId: id,
				version: '1',
				date: '2026-01-01',
				text: ''
			});
			await theirs.do(addFavourite, { id: newId(), thing: `products:${id}` });
			await phone.do(trashProduct, { id });
			expect(await product(id, theirs)).toBeUndefined();
			expect((await product(id, laptop))?._scope).toBe(`user:${anaId}`);
			expect((await product(id, laptop))?.trashedAt).not.toBeNull();
			await laptop.do(restoreProduct, { id });
			expect(await product(id, theirs)).toMatchObject({ trashedAt: null });
			const releases = [...(await theirs.records('releases')).values()];
			expect(releases.filter(({ productId }) => productId === id)).toHaveLength(1);
		});

		test('only what is in the trash is deleted for good', async () => {
			const id = await added();
			expect(await phone.refusal(deleteProduct, { id })).toBe('rejected-by-state');
			await phone.do(trashProduct, { id });
			await phone.do(deleteProduct, { id });
			expect(await product(id)).toBeUndefined();
		});

		test('after thirty days it is gone, for every device, and for those who followed it', async () => {
			const [old, young] = [await added({ visibility: 'public' }), await added()];
			await theirs.do(addFavourite, { id: newId(), thing: `products:${old}` });
			await phone.do(trashProduct, { id: old }, ago(24 * 40));
			await sweepProducts(t.talas);
			expect(await product(old)).toBeDefined();
			const later = Date.now() + 30 * 24 * hour;
			await phone.do(trashProduct, { id: young });
			const before = await laptop.pull();
			await sweepProducts(t.talas, new Date(later - 1_000));
			expect(await product(young)).toBeDefined();
			await sweepProducts(t.talas, new Date(later + 60_000));
			expect(await product(old)).toBeUndefined();
			expect(await product(young)).toBeUndefined();
			const mine = `user:${anaId}`;
			const news = await laptop.pull({ [mine]: before.scopes[mine]?.revision ?? 0 });
			const gone = news.scopes[mine]?.rows.filter(({ data }) => data === null).map(({ id }) => id);
			expect(gone).toEqual(expect.arrayContaining([old, young]));
			expect(await theirs.record('memberships', old)).toBeUndefined();
			const { joined } = await theirs.pull();
			expect(joined).not.toContain(`products:${old}`);
		});
	});

	test('a take-out holds each product with its changelog', async () => {
		const id = await added({ description: 'two\nlines' });
		await phone.do(addRelease, {
			id: newId(),
			productId: id,
			version: '7',
			date: '2026-01-01',
			text: 't'
		});
		const answer = await ana.raw('GET', '/api/me/take-out');
		const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
		const all = JSON.parse(
			strFromU8(files['products/products.json'] ?? new Uint8Array())
		) as Product[];
		expect(all.find((each) => each.id === id)).toMatchObject({
			description: 'two\nlines',
			releases: [{ version: '7' }]
		});
	});

	test('each list is read by an index', async () => {
		if (kind !== 'postgres') return;
		const { db } = t.talas;
		await db.execute(sql`
			insert into products (id, owner_id, kind, maker, model, version, description, links,
				visibility, compatibility, details, created_at, changed_at)
			select gen_random_uuid(), ${anaId}::uuid, 'module', '', 'many', '', '', '[]',
				case when n % 3 = 0 then 'public' else 'private' end::visibility, '{}', '{}', now(), now()
			from generate_series(1, 20000) as n`);
		await db.execute(sql`
			insert into product_tags select id, 'common' from products where model = 'many'`);
		await db.execute(sql`analyze products`);
		await db.execute(sql`analyze product_tags`);
		const shown = sql`visibility = 'public' and trashed_at is null`;
		const plans = {
			public_products: sql`select * from products where ${shown} order by id desc limit 51`,
			public_products_by_kind: sql`select * from products where ${shown} and kind = 'document' order by id desc limit 51`,
			products_by_owner: sql`select * from products where owner_id = ${newId()}::uuid order by id`,
			products_by_tag: sql`select products.* from products left join product_tags
				on product_id = products.id and tag = 'common'
				where ${shown} and tag = 'common' order by product_id desc limit 51`,
			products_to_purge: sql`select * from products where purge_at <= now() order by purge_at limit 100`,
			products_with_stale_card: sql`select * from products where stale_card limit 200`
		};
		for (const [index, query] of Object.entries(plans)) {
			const plan = await db.execute<{ 'QUERY PLAN': string }>(sql`explain ${query}`);
			const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
			expect(lines).toContain(index);
			expect(lines).not.toMatch(/Seq Scan|Sort Key/);
		}
		await db.execute(sql`delete from products where model = 'many'`);
	});

	test('an account that goes takes its products along, and those who followed them hear of it', async () => {
		const eve = t.browser();
		const { user } = await eve.register(`eve_${kind}`);
		const hers = new Outbox(eve);
		const [open, hidden] = [newId(), newId()];
		await hers.do(addProduct, { ...module, id: open, visibility: 'public' });
		await hers.do(addProduct, { ...module, id: hidden });
		await hers.do(changeProduct, { id: hidden, change: { year: 1999 }, from: { year: 1998 } });
		await theirs.do(addFavourite, { id: newId(), thing: `products:${open}` });
		const before = await theirs.pull();
		const asked = await eve.ask('DELETE', '/api/me', { password: 'correct horse battery' });
		expect(asked.status).toBe(204);
		const cursors = Object.fromEntries(
			Object.entries(before.scopes).map(([scope, { revision }]) => [scope, revision])
		);
		const news = await theirs.pull(cursors);
		expect(news.left).toContain(`products:${open}`);
		expect((await ben.ask('GET', `/api/products/${open}`)).status).toBe(404);
		for (const table of ['scopes', 'feed', 'records', 'memberships']) {
			const rows = await t.talas.db.execute(
				sql`select 1 from ${sql.identifier(table)} where scope = ${`user:${user.id}`}`
			);
			expect([table, rows.length]).toEqual([table, 0]);
		}
		for (const table of ['memberships', 'clients', 'conflicts']) {
			const rows = await t.talas.db.execute(
				sql`select 1 from ${sql.identifier(table)} where account_id = ${user.id}::uuid`
			);
			expect([table, rows.length]).toEqual([table, 0]);
		}
	});
});
