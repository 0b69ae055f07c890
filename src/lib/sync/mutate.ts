/**
 * What a person does becomes belief and a place in the outbox (steps 1 and 2 in the life of a change).
 *
 * It promises: when it resolves, the change is on the disk and on the screen; when it throws, nothing
 * of it is anywhere.
 */
import type { z } from 'zod';
import type { Mutation } from '#shared/mutation.ts';
import { syncing } from './current.ts';

/**
 * Does a mutation here at once, and on the server as soon as there is a way to it. Throws a
 * ProblemError (`invalid-input` if the schema refuses the arguments) or StorageFull.
 */
export async function mutate<M extends Mutation>(
	mutation: M,
	args: z.input<M['args']>
): Promise<void> {
	await syncing().mutate(mutation, args);
}
