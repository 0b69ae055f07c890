import type { z } from 'zod';
import type { Id } from '#shared/id.ts';
import type { ArgsOf, Mutation } from '#shared/mutation.ts';
import type { Kind, Records } from '../db/records.ts';

/** A value that IndexedDB can compare. */
export type IndexKey = string | number | IndexKey[];

/** The records of one kind, as a twin may read and change them. */
export type Believed<T> = {
	get(id: Id): Promise<T | undefined>;
	/** Writes the whole record, whether or not there was one. */
	put(record: T): Promise<void>;
	/** Changes some fields; does nothing if there is no such record. */
	update(id: Id, changes: Partial<T>): Promise<void>;
	delete(id: Id): Promise<void>;
	/** Those whose index has this key, in the order of their ids. A compound index takes a list. */
	where(index: string, key: IndexKey): Promise<T[]>;
	/** Those whose index lies between the keys, both included, in the order of the index. */
	between(index: string, lower: IndexKey, upper: IndexKey): Promise<T[]>;
};

/** What this device believes until the server has answered. */
export type Belief = { [K in Kind]: Believed<Records[K]> };

/** What a twin is tied to its mutation with. */
export type Believe<Args> = (
	db: Belief,
	me: { id: Id },
	args: Args,
	at: string
) => void | Promise<void>;

export type Twin = { mutation: Mutation; believe: Believe<never> };

/**
 * Ties a mutation to what the screen may believe until the server has answered. It is replayed: it
 * only puts, updates and deletes, reads nothing but `db`, and takes the time from `at`.
 */
export function twin<Args extends z.ZodType>(
	mutation: Mutation<Args>,
	believe: Believe<ArgsOf<Mutation<Args>>>
): Twin {
	return { mutation, believe };
}
