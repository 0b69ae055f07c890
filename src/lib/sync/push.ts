/**
 * Sends what waits, oldest first, and takes the answers (steps 4 and 7 in the life of a change).
 *
 * It promises: an answer counts only for the mutation it was given to; what is refused is laid
 * before the person and blocks nothing; what may pass keeps its place; answers are told as seen only
 * after they have been kept.
 */
import {
	PushAnswer,
	mostMutations,
	type PushRequest,
	type PushResult,
	type Revision,
	type Scope
} from '#shared/feed.ts';
import { skip } from '#shared/mutation.ts';
import { ProblemError, type Problem } from '#shared/problem.ts';
import type { Local } from '../db/local.ts';
import type { Waiting } from '../db/plumbing.ts';
import { knowHistory, retire } from './acceptance.ts';
import { queued } from './batch.ts';
import {
	batchOf,
	clientOf,
	mostAttempts,
	needAttention,
	renumber,
	requeue,
	skipPlace
} from './outbox.ts';
import { problemOf } from './problems.ts';
import { rebase, type Basis } from './rebase.ts';
import type { Truth } from './truth.ts';
import type { World } from './world.ts';

/** What came of a push: all is sent, there is more, or the oldest has to wait. */
export type Pushed = 'empty' | 'more' | 'later';

export class Pushing {
	readonly #basis: Basis;
	readonly #world: Pick<World, 'post' | 'now'>;
	#most = mostMutations;
	/** What is on its way now. */
	sending: Waiting[] = [];

	constructor(basis: Basis, world: Pick<World, 'post' | 'now'>) {
		this.#basis = basis;
		this.#world = world;
	}

	/** Sends one batch. Throws what the network throws. */
	async push(): Promise<Pushed> {
		const { local } = this.#basis;
		const [client, batch] = await local.transaction(
			'r',
			local.settings,
			local.outbox,
			async () => [await clientOf(local), await batchOf(local, this.#most)] as const
		);
		const [first] = batch;
		if (!first) return 'empty';
		this.sending = batch;
		try {
			const request = this.#request(client.id, first.n - 1, batch);
			const answer = PushAnswer.parse(await this.#world.post('/api/sync/push', request));
			this.#most = Math.min(mostMutations, this.#most * 2);
			return await this.#settle(client.id, batch, answer);
		} catch (error) {
			if (!(error instanceof ProblemError) || !isAboutContent(error)) throw error;
			return this.#shrink(batch, error);
		} finally {
			this.sending = [];
		}
	}

	#request(clientId: string, seen: number, batch: Waiting[]): PushRequest {
		const sentAt = new Date(this.#world.now()).toISOString();
		return { clientId, sentAt, seen, mutations: batch.map(queued) };
	}

	#settle(clientId: string, sent: Waiting[], answer: PushAnswer): Promise<Pushed> {
		return rebase(this.#basis, async (truth) => {
			const { local } = truth.draft;
			if ((await clientOf(local)).id !== clientId) return 'more';
			await knowHistory(truth, answer);
			const answered = await answersOf(local, sent, answer.results);
			await acceptAll(local, answered);
			let pushed: Pushed = 'more';
			for (const each of answered) {
				if (!isAccepted(each)) pushed = await settle(truth, each);
				if (pushed !== 'more') break;
			}
			await retire(truth, false);
			return pushed;
		});
	}

	/** The server does not take the request as it is: half of it, or not this one at all. */
	#shrink(batch: Waiting[], error: ProblemError): Promise<Pushed> {
		const [only] = batch;
		if (batch.length > 1 || !only) {
			this.#most = Math.max(1, Math.floor(batch.length / 2));
			return Promise.resolve('more');
		}
		return rebase(this.#basis, async (truth): Promise<Pushed> => {
			const waiting = await truth.draft.local.outbox.get(only.n);
			if (waiting?.id === only.id) await refuse(truth, waiting, problemOf(error));
			return 'more';
		});
	}
}

type Answered = { waiting: Waiting; result: PushResult };

/** The answers to what still waits as it was sent. */
async function answersOf(
	local: Local,
	sent: Waiting[],
	results: PushResult[]
): Promise<Answered[]> {
	const ids = new Map(sent.map(({ n, id }) => [n, id]));
	const found = await local.outbox.bulkGet(results.map(({ n }) => n));
	return results.flatMap((result, i) => {
		const waiting = found[i];
		return waiting && waiting.id === ids.get(result.n) ? [{ waiting, result }] : [];
	});
}

function isAccepted({ waiting, result }: Answered): boolean {
	return 'revisions' in result && waiting.name !== skip.name;
}

/** What was accepted waits no more; it is believed on until its effect has come back. */
async function acceptAll(local: Local, answered: Answered[]): Promise<void> {
	const taken = answered.filter(isAccepted);
	const accepted = taken.map(({ waiting, result }) => ({
		...waiting,
		revisions: 'revisions' in result ? result.revisions : {}
	}));
	await local.outbox.bulkDelete(accepted.map(({ n }) => n));
	await local.accepted.bulkAdd(accepted);
}

/** Anything but an acceptance. Answers what the next one waits for: nothing, or that a failure passes. */
async function settle(truth: Truth, { waiting, result }: Answered): Promise<Pushed> {
	const { local } = truth.draft;
	if ('revisions' in result) await wasSkipped(truth, waiting, result.revisions);
	else if (result.problem.code === 'client-forked') await renumber(local);
	else if (result.problem.code === 'mutation-gap') await renumber(local);
	else if (result.problem.retryable) return fail(truth, waiting, result.problem);
	else await take(truth, waiting, result.problem);
	return 'more';
}

/** What was parked was applied after all, or it was not and may be sent anew. */
async function wasSkipped(truth: Truth, { n, id }: Waiting, revisions: Record<Scope, Revision>) {
	const { attention, outbox } = truth.draft.local;
	await outbox.delete(n);
	const parked = await attention.get(id);
	if (parked && Object.keys(revisions).length > 0) await attention.delete(id);
	else if (parked?.again) await requeue(truth, parked);
}

/** The refusal of a mutation: its place is used up, its effect goes, the person hears of it. */
async function take(truth: Truth, waiting: Waiting, problem: Problem) {
	const { local } = truth.draft;
	await local.outbox.delete(waiting.n);
	truth.leave(waiting);
	if (waiting.name !== skip.name) await needAttention(local, waiting, 'refused', problem);
}

/** Nothing of it has reached the server's books: its number must be used up by a skip. */
async function refuse(truth: Truth, waiting: Waiting, problem: Problem) {
	if (waiting.name === skip.name) throw new Error(`The server does not even skip: ${problem.code}`);
	await needAttention(truth.draft.local, waiting, 'refused', problem);
	await skipPlace(truth, waiting);
}

async function fail(truth: Truth, waiting: Waiting, lastError: Problem): Promise<Pushed> {
	const { local } = truth.draft;
	const failed = { ...waiting, attempts: (waiting.attempts ?? 0) + 1, lastError };
	await local.outbox.put(failed);
	if (failed.attempts < mostAttempts || waiting.name === skip.name) return 'later';
	await needAttention(local, failed, 'parked', lastError);
	await skipPlace(truth, failed);
	return 'more';
}

/** Sent again as it is, it would be refused again. */
function isAboutContent({ code }: ProblemError) {
	return code === 'payload-too-large' || code === 'invalid-input' || code === 'malformed-json';
}
