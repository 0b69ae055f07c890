/**
 * Every change that is not on the server, in sight of the person whose work it is.
 *
 * It promises: what waits, what was refused and what failed too often is all here; nothing leaves
 * but by the server's answer or the person's word, and can be copied and exported before.
 */
import type { Id } from '#shared/id.ts';
import { skip, type Queued } from '#shared/mutation.ts';
import type { Problem } from '#shared/problem.ts';
import { local } from '../db/local.ts';
import type { Attention, Waiting } from '../db/plumbing.ts';
import { syncing } from './current.ts';
import { partsOf } from './records.ts';

export type LedgerState = 'waiting' | 'sending' | 'accepted' | 'refused' | 'parked';

/** One change: who wants what, since when, and what became of it. */
export type LedgerEntry = Queued & {
	state: LedgerState;
	/** Answered failures. */
	attempts: number;
	lastError: Problem | undefined;
	/** The records that it changes. */
	touches: { kind: string; id: Id }[];
};

/** All changes that are not on the server, and those just accepted, oldest first. Live. */
export async function entries(): Promise<LedgerEntry[]> {
	const { outbox, accepted, attention } = local();
	const sending = new Set(syncing().pushing.sending.map(({ id }) => id));
	const waiting = (await outbox.orderBy('n').toArray()).filter(({ name }) => name !== skip.name);
	return [
		...(await attention.toArray()).map((each) => entryOf(each, each.state)),
		...(await accepted.orderBy('order').toArray()).map((each) => entryOf(each, 'accepted')),
		...waiting.map((each) => entryOf(each, sending.has(each.id) ? 'sending' : 'waiting'))
	];
}

/** Sends a refused or parked change anew, or a waiting one now. */
export function retry(id: Id): Promise<void> {
	return syncing().retry(id);
}

/** Gives a change up; its effect here goes with it. */
export function discard(id: Id): Promise<void> {
	return syncing().discard(id);
}

/** A change as text that a person can keep. */
export function copyText({ name, at, args, lastError }: LedgerEntry): string {
	const why = lastError ? [`${lastError.code}: ${lastError.detail}`] : [];
	return [`${name}, ${at}`, ...why, JSON.stringify(args, null, '\t')].join('\n');
}

/** All of it as a file that a person can keep: JSON, readable without Talas. */
export async function exportAll(): Promise<Blob> {
	const content = { talas: 'ledger', changes: await entries() };
	return new Blob([JSON.stringify(content, null, '\t')], { type: 'application/json' });
}

/** The records of a kind that wait for the server. Live. */
export async function pendingIds(kind: string): Promise<Set<Id>> {
	const touched = await local().outbox.where('touches').startsWith(`${kind} `).keys();
	return new Set(touched.map((key) => partsOf(String(key))[1]));
}

function entryOf(change: Waiting | Attention, state: LedgerState): LedgerEntry {
	const { n, id, name, args, at, attempts = 0, lastError } = change;
	const touches = change.touches.map(partsOf).map(([kind, id]) => ({ kind, id }));
	return { n, id, name, args, at, state, attempts, lastError, touches };
}
