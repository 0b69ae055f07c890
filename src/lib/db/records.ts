import type { Membership, Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';

/**
 * What the records of each kind look like on this device. A domain says so for its own kinds, in its
 * `tables.ts`: `declare module '../db/records.ts' { interface Records { products: Product } }`.
 */
export interface Records {
	memberships: Membership;
}

export type Kind = keyof Records & string;

/** What the plumbing keeps on each record that came from the server. */
export type Marks = {
	/** The scope that it came in. */
	_scope?: Scope;
	/** How often it has changed, as the server counts. */
	_v?: number;
	/** In which filling of its scope it was last named, where there was more than one. */
	_epoch?: number;
};

/** A record of any kind as it lies in its table. */
export type Stored = Marks & { id: Id; [field: string]: unknown };
