/** A device that speaks with the server by hand: it pushes mutations, and pulls what it may have. */
import type { z } from 'zod';
import type { PullAnswer, PushAnswer, PushResult } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import type { Mutation } from '#shared/mutation.ts';
import type { Browser } from './talas.ts';

type Fields = Record<string, unknown>;

export class Outbox {
	readonly clientId = newId();
	#browser: Browser;
	#n = 0;

	constructor(browser: Browser) {
		this.#browser = browser;
	}

	/** Pushes one mutation and answers what became of it. `at`: when the person acted. */
	async push<M extends Mutation>(
		mutation: M,
		args: z.input<M['args']>,
		at = new Date()
	): Promise<PushResult> {
		const queued = { n: ++this.#n, id: newId(), name: mutation.name, args, at: at.toISOString() };
		const answer = await this.#browser.ask('POST', '/api/sync/push', {
			clientId: this.clientId,
			sentAt: new Date().toISOString(),
			seen: queued.n - 1,
			mutations: [queued]
		});
		const [result] = (answer.body as PushAnswer).results ?? [];
		if (!result) throw new Error(JSON.stringify(answer.body));
		return result;
	}

	/** Pushes a mutation that must be accepted. */
	async do<M extends Mutation>(mutation: M, args: z.input<M['args']>, at?: Date): Promise<void> {
		const result = await this.push(mutation, args, at);
		if ('problem' in result) throw new Error(JSON.stringify(result.problem));
	}

	/** The code of the problem that a mutation is refused with; undefined if it is accepted. */
	async refusal<M extends Mutation>(mutation: M, args: unknown): Promise<string | undefined> {
		const result = await this.push(mutation, args as z.input<M['args']>);
		return 'problem' in result ? result.problem.code : undefined;
	}

	async pull(scopes: Record<string, number> = {}): Promise<PullAnswer> {
		const asked = { clientId: this.clientId, scopes };
		const answer = await this.#browser.ask('POST', '/api/sync/pull', asked);
		return answer.body as PullAnswer;
	}

	/** Every record of a kind that this account syncs, by id, and the scope of each. */
	async records<T = Fields>(kind: string): Promise<Map<Id, T & { _scope: string }>> {
		const { scopes } = await this.pull();
		return new Map(
			Object.entries(scopes).flatMap(([_scope, { rows }]) =>
				rows
					.filter((row) => row.kind === kind && row.data !== null)
					.map((row) => [row.id, { ...(row.data as T), _scope }])
			)
		);
	}

	async record<T = Fields>(kind: string, id: Id): Promise<(T & { _scope: string }) | undefined> {
		return (await this.records<T>(kind)).get(id);
	}
}
