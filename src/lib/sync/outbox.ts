/**
 * What waits to be sent (step 2 in the life of a change).
 *
 * It promises: a mutation and what it makes the person believe are kept together or not at all, on
 * the disk, before anything is acknowledged; numbers are dense, so that a place is never left, only
 * taken over by `sync.skip`; a number that may have been sent keeps its id.
 */
import { newId, type Id } from '#shared/id.ts';
import { skip, type Queued } from '#shared/mutation.ts';
import { ProblemError, fieldProblems, type Problem } from '#shared/problem.ts';
import type { Attention, Client, Footprint, Waiting } from '../db/plumbing.ts';
import { inFeeds, setting, type Local } from '../db/local.ts';
import { fitting } from './batch.ts';
import { believe } from './belief.ts';
import { Draft, TwinError } from './draft.ts';
import { unknown } from './affected.ts';
import type { Basis } from './rebase.ts';
import type { Truth } from './truth.ts';

/** Answered failures that may pass, before a mutation is parked. */
export const mostAttempts = 10;

/** What a mutation is called with, read by its schema; throws `invalid-input`. */
export function argsOf({ twins }: Basis, name: string, args: unknown): unknown {
	const known = twins.get(name);
	if (!known) throw new ProblemError('unknown-mutation', { detail: name });
	const parsed = known.mutation.args.safeParse(args);
	if (parsed.success) return parsed.data;
	throw new ProblemError('invalid-input', { errors: fieldProblems(parsed.error.issues) });
}

/** Believes a mutation and queues it, in one transaction. */
export async function append(
	basis: Basis,
	acted: Pick<Queued, 'name' | 'args' | 'at'>
): Promise<void> {
	await inFeeds(basis.local, 'rw', async (local) => {
		const client = await clientOf(local);
		const draft = new Draft(local);
		const print = await believe(draft, basis, acted).catch(causeOf);
		await draft.save();
		const n = client.last + 1;
		await local.outbox.add({ n, id: newId(Date.parse(acted.at)), ...acted, ...print });
		await local.settings.put({ key: 'client', value: { ...client, last: n } });
	});
}

/** How this database counts; a new one begins to. */
export async function clientOf(local: Local): Promise<Client> {
	return (await setting<Client>(local, 'client')) ?? { id: newId(), last: 0 };
}

/** The oldest of what waits, as many as go into one request. */
export async function batchOf(local: Local, most: number): Promise<Waiting[]> {
	return fitting(await local.outbox.orderBy('n').limit(most).toArray(), most);
}

/** Takes a new client id and counts from 1: nothing of what waits was applied under the old one. */
export async function renumber(local: Local): Promise<void> {
	const all = await local.outbox.orderBy('n').toArray();
	const waiting = all.filter(({ name }) => name !== skip.name);
	await local.outbox.clear();
	await local.outbox.bulkAdd(waiting.map((each, i) => ({ ...each, n: i + 1 })));
	const client: Client = { id: newId(), last: waiting.length };
	await local.settings.put({ key: 'client', value: client });
}

/** Leaves the place of a mutation to `sync.skip`; its effect goes with the rebase at hand. */
export async function skipPlace(truth: Truth, { n, id, at, touches }: Waiting): Promise<void> {
	truth.leave({ touches });
	const nothing = { touches: [], reads: [] };
	await truth.draft.local.outbox.put({ n, id, name: skip.name, args: {}, at, ...nothing });
}

/** Lays a mutation before the person, with what it said and why. */
export async function needAttention(
	local: Local,
	{ n, id, name, args, at, touches, attempts = 0 }: Waiting,
	state: 'refused' | 'parked',
	lastError: Problem
): Promise<void> {
	await local.attention.put({ n, id, name, args, at, touches, state, attempts, lastError });
}

/** Sends what needed attention anew, as another mutation of the same time. */
export async function requeue(truth: Truth, refused: Attention): Promise<void> {
	const { local } = truth.draft;
	const { name, args, at } = refused;
	const client = await clientOf(local);
	const n = client.last + 1;
	await local.outbox.add({ n, id: newId(), name, args, at, touches: [], reads: [unknown] });
	await local.settings.put({ key: 'client', value: { ...client, last: n } });
	await local.attention.delete(refused.id);
}

/** The person wants it sent again. What may still turn out to be applied waits for that word. */
export async function sendAnew(truth: Truth, id: Id): Promise<void> {
	const { local } = truth.draft;
	const refused = await local.attention.get(id);
	if (!refused) return;
	if (await waitingWith(local, id)) await local.attention.put({ ...refused, again: true });
	else await requeue(truth, refused);
}

/** The person wants it no more. */
export async function giveUp(truth: Truth, id: Id): Promise<void> {
	const { local } = truth.draft;
	await local.attention.delete(id);
	const waiting = await waitingWith(local, id);
	if (waiting && waiting.name !== skip.name) await skipPlace(truth, waiting);
}

/** The waiting mutation with this id. */
function waitingWith(local: Local, id: Id): Promise<Waiting | undefined> {
	return local.outbox.where('id').equals(id).first();
}

function causeOf(error: unknown): Promise<Footprint> {
	throw error instanceof TwinError ? error.cause : error;
}
