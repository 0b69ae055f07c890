/** What must hold on a device at any moment: what it shows is what the server said, and what waits. */
import { expect } from 'vitest';
import { inFeeds } from '../../src/lib/db/local.ts';
import type { Stored } from '../../src/lib/db/records.ts';
import { believeAgain } from '../../src/lib/sync/belief.ts';
import { Draft } from '../../src/lib/sync/draft.ts';
import { keyOf, partsOf } from '../../src/lib/sync/records.ts';
import type { Device } from './device.ts';

/** Believes everything once more, from the server images on, and compares. */
export async function consistent({ local: database, sync }: Device): Promise<void> {
	await inFeeds(database, 'r', async (local) => {
		const pending = [
			...(await local.accepted.orderBy('order').toArray()),
			...(await local.outbox.orderBy('n').toArray())
		];
		const images = (await local.images.toArray()).map(({ kind, id }) => keyOf(kind, id));
		const touched = new Set(pending.flatMap(({ touches }) => touches));
		expect(images.sort()).toEqual([...touched].sort());
		const draft = new Draft(local);
		await draft.restore(images);
		for (const each of pending) {
			const { touches, reads } = await believeAgain(draft, sync.basis, each);
			expect({ touches, reads }).toEqual({ touches: each.touches, reads: each.reads });
		}
		for (const key of draft.keys()) {
			const [kind, id] = partsOf(key);
			const shown = await local.table<Stored>(kind).get(id);
			expect(shown ?? null).toEqual(await draft.read(kind, id));
		}
		const numbers = (await local.outbox.toCollection().primaryKeys()) as number[];
		expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
	});
}
