import type { z } from 'zod';
import type { ArgsOf, Mutation } from '#shared/mutation.ts';
import type { Db } from '#server/db/client.ts';
import type { Acting } from '#server/http/tokens.ts';

/**
 * What a mutation does on the server, in one transaction. It throws a `ProblemError` to refuse.
 * `at` is when the person acted, by the clock of the server.
 */
export type Deed<Args> = (tx: Db, me: Acting, args: Args, at: Date) => Promise<void>;

export type Handler = { mutation: Mutation; deed: Deed<never> };

/** Ties a mutation to its deed. */
export function on<Args extends z.ZodType>(
	mutation: Mutation<Args>,
	deed: Deed<ArgsOf<Mutation<Args>>>
): Handler {
	return { mutation, deed };
}
