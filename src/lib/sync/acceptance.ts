/** When an accepted mutation may go: its effect has come back by the feeds. */
import type { Accepted } from '../db/plumbing.ts';
import { setting } from '../db/local.ts';
import { clientOf, renumber } from './outbox.ts';
import type { Truth } from './truth.ts';

/**
 * Drops the accepted mutations whose effect is here in every scope that the server named. A scope
 * that this device does not sync counts as reached once a pull was complete (`pulled`): then it was
 * left. Dropped earlier, the edit would blink back on the screen.
 */
export async function retire(truth: Truth, pulled: boolean): Promise<void> {
	const { accepted } = truth.draft.local;
	const over: number[] = [];
	for (const each of await accepted.orderBy('order').toArray()) {
		if (!(await isHere(truth, each, pulled))) continue;
		over.push(each.order);
		truth.leave(each);
	}
	if (over.length > 0) await accepted.bulkDelete(over);
}

async function isHere(truth: Truth, { revisions }: Accepted, pulled: boolean): Promise<boolean> {
	for (const [scope, revision] of Object.entries(revisions)) {
		const cursor = await truth.cursor(scope);
		const reached = cursor ? cursor.revision >= revision && !cursor.more : pulled;
		if (!reached) return false;
	}
	return true;
}

/**
 * Notices that the server was restored from a copy. What it had accepted counts for nothing; every
 * scope is filled anew. If it has forgotten numbers that were used up, what waits is numbered anew
 * under another client id. If it still expects the oldest, or has an answer for it, the numbers stay:
 * so whatever was applied before the copy was made is not applied again.
 */
export async function knowHistory(
	truth: Truth,
	{ history, lastMutation }: { history: string; lastMutation: number }
): Promise<void> {
	const { local } = truth.draft;
	const known = await setting<string>(local, 'history');
	if (known === history) return;
	await local.settings.put({ key: 'history', value: history });
	if (known === undefined) return;
	await truth.resetAll();
	for (const each of await local.accepted.toArray()) truth.leave(each);
	await local.accepted.clear();
	const first = (await local.outbox.orderBy('n').first())?.n ?? (await clientOf(local)).last + 1;
	if (lastMutation + 1 < first) await renumber(local);
}
