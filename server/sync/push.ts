/**
 * How mutations come in (step 5 in the life of a change).
 *
 * It promises that each mutation of a client takes effect exactly once and in order, whatever is
 * sent again, over restarts and nodes: its number, its effect, the feed rows and the answer are
 * committed together, while the client's row is locked. A refusal uses the number up; a problem that
 * may pass does not, and ends the batch.
 */
import { and, eq, lte, sql } from 'drizzle-orm';
import type { PushAnswer, PushRequest, PushResult } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { skip, type Queued } from '#shared/mutation.ts';
import { ProblemError, catalogue, fieldProblems, type Problem } from '#shared/problem.ts';
import { violatedRule } from '#server/db/errors.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';
import type { Feeds, Revisions } from './feed.ts';
import { on, type Handler } from './mutations.ts';
import { scopesOfAccount } from './memberships.ts';
import { answers, clients, history } from './tables.ts';

export class Pushes {
	#db: Db;
	#feeds: Feeds;
	#handlers: Map<string, Handler>;
	#onFault: (error: unknown, mutation: string) => void;

	/** @param onFault is told of errors that are no problems: faults of ours. */
	constructor(
		db: Db,
		feeds: Feeds,
		handlers: Handler[],
		onFault: (error: unknown, mutation: string) => void
	) {
		this.#db = db;
		this.#feeds = feeds;
		this.#handlers = new Map(
			[...handlers, on(skip, async () => {})].map((each) => [each.mutation.name, each])
		);
		this.#onFault = onFault;
	}

	async push(me: Acting, request: PushRequest, requestId: string): Promise<PushAnswer> {
		const { clientId, mutations, seen } = request;
		const skew = Date.now() - Date.parse(request.sentAt);
		await this.#forgetSeen(me, clientId, seen);
		const results: PushResult[] = [];
		for (const queued of mutations) {
			const at = clamp(Date.parse(queued.at) + skew, me);
			const result = await this.#answer(me, clientId, queued, at, requestId);
			results.push(result);
			if ('problem' in result && endsBatch(result.problem)) break;
		}
		// Asked last: what the batch joined counts, what it left does not.
		const mine = new Set(await scopesOfAccount(this.#db, me.id));
		const shown = results.map((each) => ('revisions' in each ? within(mine, each) : each));
		return { ...(await this.#standing(me, clientId)), results: shown };
	}

	/** The answer to one mutation, of now or of before. */
	async #answer(me: Acting, clientId: Id, queued: Queued, at: Date, requestId: string) {
		const refusal = { n: queued.n, requestId };
		try {
			return await this.#apply(me, clientId, queued, at);
		} catch (error) {
			const problem = this.#asProblem(error, queued.name);
			const result = { n: queued.n, problem: asJson(problem, requestId) };
			if (endsBatch(result.problem)) return result;
			return this.#record(me, clientId, queued, { ...refusal, ...result });
		}
	}

	#apply(me: Acting, clientId: Id, queued: Queued, at: Date): Promise<PushResult> {
		return this.#feeds.write(
			async (tx) => {
				const before = await this.#turn(tx, me, clientId, queued);
				if (before) return before;
				const handler = this.#handlers.get(queued.name);
				if (!handler) throw new ProblemError('unknown-mutation');
				await handler.deed(tx, me, argsOf(handler, queued) as never, at);
				return undefined;
			},
			async (tx, before, revisions) =>
				before ?? this.#keep(tx, clientId, queued, { n: queued.n, revisions })
		);
	}

	/** Uses the number up for a refusal, unless another request was faster with the same mutation. */
	#record(me: Acting, clientId: Id, queued: Queued, result: PushResult): Promise<PushResult> {
		return this.#feeds.write(async (tx) => {
			const before = await this.#turn(tx, me, clientId, queued);
			return before ?? this.#keep(tx, clientId, queued, result);
		});
	}

	/** Locks the client; answers what was said before, or nothing if it is this mutation's turn. */
	async #turn(tx: Db, me: Acting, clientId: Id, queued: Queued): Promise<PushResult | undefined> {
		const last = await lockClient(tx, me, clientId);
		if (queued.n === last + 1) return undefined;
		if (queued.n > last) throw new Gap(last + 1);
		const [known] = await tx
			.select({ mutationId: answers.mutationId, result: answers.result })
			.from(answers)
			.where(and(eq(answers.clientId, clientId), eq(answers.n, queued.n)));
		if (known?.mutationId !== queued.id) throw new ProblemError('client-forked');
		return known.result;
	}

	async #keep(tx: Db, clientId: Id, { n, id }: Queued, result: PushResult): Promise<PushResult> {
		await tx.execute(sql`
			with counted as (update clients set last_mutation = ${n} where id = ${clientId}::uuid)
			insert into answers (client_id, n, mutation_id, result)
			values (${clientId}::uuid, ${n}, ${id}::uuid, ${JSON.stringify(result)}::jsonb)`);
		return result;
	}

	async #forgetSeen(me: Acting, clientId: Id, seen: number) {
		if (seen === 0) return;
		const ours = this.#db
			.select({ id: clients.id })
			.from(clients)
			.where(and(eq(clients.id, clientId), eq(clients.accountId, me.id)));
		await this.#db
			.delete(answers)
			.where(and(eq(answers.clientId, sql`(${ours})`), lte(answers.n, seen)));
	}

	async #standing(me: Acting, clientId: Id) {
		const [row] = await this.#db
			.select({ history: history.id, lastMutation: clients.lastMutation })
			.from(history)
			.leftJoin(clients, and(eq(clients.id, clientId), eq(clients.accountId, me.id)));
		if (!row) throw new Error('The history has no name.');
		return { history: row.history, lastMutation: row.lastMutation ?? 0 };
	}

	#asProblem(error: unknown, mutation: string): ProblemError {
		if (error instanceof ProblemError) return error;
		if (error instanceof Error && error.cause instanceof ProblemError) return error.cause;
		const rule = violatedRule(error);
		if (rule) return new ProblemError(rule);
		this.#onFault(error, mutation);
		return new ProblemError('internal');
	}
}

/** A number came before those that it counts from. */
class Gap extends ProblemError {
	readonly expected: number;
	constructor(expected: number) {
		super('mutation-gap');
		this.expected = expected;
	}
}

async function lockClient(tx: Db, me: Acting, clientId: Id): Promise<number> {
	const [client] = await tx.execute<{ account_id: Id; last_mutation: number }>(sql`
		insert into clients (id, account_id, last_seen_at)
		values (${clientId}::uuid, ${me.id}::uuid, now())
		on conflict (id) do update set last_seen_at = excluded.last_seen_at
		returning account_id, last_mutation`);
	if (client?.account_id !== me.id) throw new ProblemError('client-forked');
	return client.last_mutation;
}

function argsOf({ mutation }: Handler, { args }: Queued) {
	const parsed = mutation.args.safeParse(args);
	if (parsed.success) return parsed.data;
	throw new ProblemError('invalid-input', { errors: fieldProblems(parsed.error.issues) });
}

/** What does not use the number up: it may pass, or the numbers themselves are wrong. */
function endsBatch({ code, retryable }: Problem) {
	return retryable || code === 'client-forked' || code === 'mutation-gap';
}

/** Nobody acted before their account was made, nor in the future. */
function clamp(at: number, me: Acting) {
	return new Date(Math.min(Math.max(at, me.since.getTime()), Date.now()));
}

function within(mine: Set<string>, { n, revisions }: { n: number; revisions: Revisions }) {
	const shown = Object.entries(revisions).filter(([scope]) => mine.has(scope));
	return { n, revisions: Object.fromEntries(shown) };
}

function asJson(error: ProblemError, requestId: string) {
	return {
		type: `urn:talas:problem:${error.code}`,
		title: catalogue[error.code].title,
		status: error.status,
		code: error.code,
		detail: error.message,
		requestId,
		retryable: error.retryable,
		...(error.errors && { errors: error.errors }),
		...(error instanceof Gap && { expected: error.expected })
	};
}
