import { z } from 'zod';
import { Id } from './id.ts';

/**
 * A change that people make, by name: `library.addFavourite`. The device runs its twin at once,
 * the server does its deed when the outbox gets through. A mutation that was shipped is never
 * renamed or tightened: outboxes hold it for months.
 */
export type Mutation<Args extends z.ZodType = z.ZodType> = { name: string; args: Args };

/** What a mutation is called with, after its schema has read it. */
export type ArgsOf<M extends Mutation> = z.output<M['args']>;

/** @param name `domain.verbNoun` */
export function mutation<Args extends z.ZodType>(name: string, args: Args): Mutation<Args> {
	return { name, args };
}

/** Takes the place of a mutation that was discarded or parked, under its number and id. Does nothing. */
export const skip = mutation('sync.skip', z.strictObject({}));

/** A mutation as it lies in the outbox and travels. */
export const Queued = z.strictObject({
	n: z.number().int().min(1).describe('Counts up by one per client'),
	id: Id,
	name: z.string().max(100),
	args: z.unknown(),
	at: z.iso.datetime().describe('When the person acted, by the clock of the device')
});
export type Queued = z.infer<typeof Queued>;
