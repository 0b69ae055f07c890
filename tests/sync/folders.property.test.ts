/**
 * Two devices of one person rearrange the same folders apart, lose answers and meet again. Afterwards
 * both have the same, which is a tree, and every folder that was made is somewhere.
 */
import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, type Id } from '#shared/id.ts';
import * as library from '#shared/library.ts';
import { addProduct } from '#shared/products.ts';
import type { Acting } from '#server/http/tokens.ts';
import { kinds } from '../support/database.ts';
import { openTestTalas, type TestTalas } from '../support/talas.ts';
import { Device, type Fate } from './device.ts';
import { meet } from './people.ts';

const whats = ['add', 'move', 'trash', 'restore', 'rename', 'put', 'shift', 'take'] as const;
const often = ['move', 'move', 'move', 'meet'] as const;
const fates: Fate[] = ['arrives', 'is lost', 'answer is lost', 'arrives twice'];
const step = fc.record({
	what: fc.constantFrom(...whats, ...often),
	device: fc.nat(1),
	id: fc.nat(4),
	to: fc.nat(4),
	fate: fc.constantFrom(...fates)
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const tables = ['collections', 'collectionItems', 'conflicts'] as const;

describe.each(kinds)('folders on two devices (%s)', (kind) => {
	let talas: TestTalas;
	beforeAll(async () => {
		talas = await openTestTalas(kind);
	});
	afterAll(() => talas.close());

	test('agree afterwards, are a tree, and none is lost', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
				const stage = await Stage.open(talas);
				for (const each of steps) await stage.perform(each);
				await stage.settle();
				await stage.mustAgree();
				await stage.mustBeTree();
				stage.close();
			}),
			{ numRuns: kind === 'embedded' ? 30 : 20 }
		);
	}, 300_000);
});

class Stage {
	readonly #devices: Device[];
	readonly #ids: Id[] = Array.from({ length: 5 }, () => newId());
	readonly #thing = newId();
	readonly #made = new Set<Id>();

	static async open(talas: TestTalas): Promise<Stage> {
		const me = await meet(talas);
		const take = (person: Acting) => new Device(talas, person, new IDBFactory()).open();
		const stage = new Stage([await take(me), await take(me)]);
		await stage.#start();
		return stage;
	}

	constructor(devices: Device[]) {
		this.#devices = devices;
	}

	async #start() {
		const [first] = this.#devices;
		await first?.sync.mutate(addProduct, { id: this.#thing, kind: 'other', model: 'x' });
		for (const id of this.#ids.slice(0, 3)) {
			await first?.sync.mutate(library.addCollection, {
				id,
				name: 'x',
				parentId: null,
				position: 'a0'
			});
			this.#made.add(id);
		}
		await this.settle();
	}

	/** What a person does who sees what this device shows. */
	async perform({ what, device: n, id: a, to: b, fate }: Step) {
		const device = this.#devices[n];
		const [id, to] = [this.#ids[a], this.#ids[b]];
		if (!device || !id || !to) return;
		if (what === 'meet') {
			device.fates.push(fate);
			await device.attempt('push');
			await device.attempt('pull');
			return;
		}
		await this.#act(device, what, id, to);
	}

	async #act({ local, sync }: Device, what: Step['what'], id: Id, to: Id) {
		const row = await local.collections.get(id);
		const parent = await local.collections.get(to);
		const parentId = parent && !parent.trashedAt && to !== id ? to : null;
		if (what === 'add' && !row && !this.#made.has(id)) {
			this.#made.add(id);
			await sync.mutate(library.addCollection, { id, name: 'x', parentId, position: 'a1' });
		}
		if (!row) return;
		const thing = `products:${this.#thing}`;
		const inside = (await local.collections.toArray()).map((each) => each.id);
		const item = { collectionId: id, thing };
		if (what === 'move') {
			await sync.mutate(library.moveCollection, {
				id,
				parentId,
				position: 'a2',
				from: row.parentId
			});
		}
		if (what === 'trash') await sync.mutate(library.trashCollection, { id, inside });
		if (what === 'restore') await sync.mutate(library.restoreCollection, { id });
		if (what === 'rename') {
			await sync.mutate(library.changeCollection, {
				id,
				change: { name: to },
				from: { name: row.name }
			});
		}
		if (what === 'put')
			await sync.mutate(library.addItem, { id: newId(), ...item, position: 'a0' });
		if (what === 'shift') await sync.mutate(library.moveItem, { ...item, to, position: 'a3' });
		if (what === 'take') await sync.mutate(library.removeItem, item);
	}

	async settle() {
		for (let round = 0; round < 2; round++)
			for (const device of this.#devices) await device.settle();
	}

	async mustAgree() {
		const [one, two] = await Promise.all(this.#devices.map(recordsOf));
		expect(two).toEqual(one);
		// What was refused waits for its person; only things that changed meanwhile are refused.
		for (const device of this.#devices) {
			const codes = (await device.local.attention.toArray()).map(({ lastError }) => lastError.code);
			for (const code of codes) expect(['not-found', 'rejected-by-state']).toContain(code);
		}
	}

	async mustBeTree() {
		const rows = (await this.#devices[0]?.local.collections.toArray()) ?? [];
		const folders = new Map(rows.map((row) => [row.id, row]));
		expect(new Set(folders.keys())).toEqual(this.#made);
		for (const { id } of rows) {
			const passed = new Set<Id>();
			for (let at: Id | null = id; at !== null; at = folders.get(at)?.parentId ?? null) {
				expect(passed.has(at)).toBe(false);
				passed.add(at);
			}
		}
		for (const { trashedAt, parentId } of rows) {
			if (!trashedAt && parentId) expect(folders.get(parentId)?.trashedAt).toBeNull();
		}
	}

	close() {
		for (const device of this.#devices) device.close();
	}
}

async function recordsOf({ local }: Device) {
	const all: Record<string, unknown[]> = {};
	for (const name of tables) {
		const rows = await local.table(name).orderBy('id').toArray();
		all[name] = rows.map(({ _epoch: _, ...row }: Record<string, unknown>) => row);
	}
	return all;
}
