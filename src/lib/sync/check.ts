/**
 * Whether this device and the server still hold the same.
 *
 * It promises: sums are compared, not records; what differs is filled anew from the server and
 * told; unsent work is no part of it, neither of the sums nor of the repair.
 */
import { addHash, CheckAnswer, rowHash, type Revision, type Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { inFeeds, type Local } from '../db/local.ts';
import type { Cursor } from '../db/plumbing.ts';
import type { Stored } from '../db/records.ts';
import { clientOf } from './outbox.ts';
import { rebase, type Basis } from './rebase.ts';
import type { World } from './world.ts';

const mostScopes = 50;

/** Compares some scopes, chosen by chance; answers those that differed. */
export async function check(
	basis: Basis,
	world: Pick<World, 'post' | 'random' | 'diverged'>
): Promise<Scope[]> {
	const scopes = await sums(basis.local, world);
	if (Object.keys(scopes).length === 0) return [];
	const clientId = (await clientOf(basis.local)).id;
	const answer = await world.post('/api/sync/check', { clientId, scopes });
	const { different } = CheckAnswer.parse(answer);
	if (different.length > 0) await repair(basis, different, scopes);
	if (different.length > 0) world.diverged(different);
	return different;
}

type Sums = Record<Scope, { revision: Revision; sum: number }>;

async function sums(database: Local, { random }: Pick<World, 'random'>): Promise<Sums> {
	return inFeeds(database, 'r', async (local) => {
		const whole = (await local.cursors.toArray()).filter(isWhole);
		const drawn = whole.map((cursor) => ({ cursor, by: random() }));
		const some = drawn.sort((a, b) => a.by - b.by).slice(0, mostScopes);
		const found: Sums = {};
		for (const { cursor } of some) {
			const { scope, revision } = cursor;
			found[scope] = { revision, sum: await sumOf(local, scope) };
		}
		return found;
	});
}

/** Scopes that are still being filled, or hold kinds unknown here, cannot be compared. */
function isWhole({ more, filling, sweep, strays }: Cursor) {
	return !more && !filling && !sweep && !strays;
}

/** The sum of what the server is believed to hold: images count instead of the records over them. */
async function sumOf(local: Local, scope: Scope): Promise<number> {
	let sum = 0;
	const add = (kind: string, id: Id, v = 0) => (sum = addHash(sum, rowHash({ kind, id, v })));
	const images = await local.images.toCollection().primaryKeys();
	const covered = new Set(images.map(String));
	for (const kind of local.kinds) {
		const rows = local.table<Stored, Id>(kind).where('_scope').equals(scope);
		await rows.each(({ id, _v }) => covered.has(`${kind},${id}`) || add(kind, id, _v));
	}
	await local.images
		.where('row._scope')
		.equals(scope)
		.each(({ kind, id, row }) => add(kind, id, row?._v));
	return sum;
}

function repair(basis: Basis, different: Scope[], compared: Sums) {
	return rebase(basis, async (truth) => {
		for (const scope of different) {
			const cursor = await truth.cursor(scope);
			if (cursor?.revision === compared[scope]?.revision) await truth.reset(scope);
		}
	});
}
