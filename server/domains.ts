/** What each domain hands to the plumbing. */
import { sweepLinks } from '#server/accounts/links.ts';
import { sweepSessions } from '#server/accounts/sessions.ts';
import { takeOut as accountsTakeOut } from '#server/accounts/take-out.ts';
import { dropConflicts, kindOfConflicts } from '#server/conflicts/access.ts';
import { mutations as conflictMutations } from '#server/conflicts/mutations.ts';
import { readConflicts } from '#server/conflicts/queries.ts';
import { sweepBlobs } from '#server/files/blobs.ts';
import { finishLeftovers } from '#server/files/finish.ts';
import { fileMutations } from '#server/files/mutations.ts';
import { readFiles } from '#server/files/queries.ts';
import { dropFiles, sweepFiles } from '#server/files/trash.ts';
import { partsOf } from '#server/files/uploads.ts';
import { rejoin } from '#server/library/access.ts';
import { libraryMutations } from '#server/library/mutations.ts';
import { libraryReaders } from '#server/library/queries.ts';
import { takeOut as libraryTakeOut } from '#server/library/take-out.ts';
import { sweepCollections } from '#server/library/trash.ts';
import { doorToProduct } from '#server/products/access.ts';
import { dropProducts, markCards, republishCards } from '#server/products/cards.ts';
import { productMutations } from '#server/products/mutations.ts';
import { readProducts, readReleases } from '#server/products/queries.ts';
import { releaseMutations } from '#server/products/releases.ts';
import { takeOut as productsTakeOut } from '#server/products/take-out.ts';
import { sweepProducts } from '#server/products/trash.ts';
import { dropAccount } from '#server/sync/drop-account.ts';
import { sweepIdempotency } from '#server/http/idempotency.ts';
import type { Env } from '#server/env.ts';
import type { Readers } from '#server/sync/feed.ts';
import { kindOfMemberships, readMemberships } from '#server/sync/memberships.ts';
import type { Handler } from '#server/sync/mutations.ts';
import type { People, Talas } from '#server/talas.ts';

/** The mutations that need no settings, with what they do. */
export const handlers: Handler[] = [
	...conflictMutations,
	...productMutations(rejoin),
	...releaseMutations,
	...libraryMutations({ products: doorToProduct })
];

/** Every mutation. */
export function handlersFor({ quota }: Pick<Env, 'quota'>): Handler[] {
	return [...handlers, ...fileMutations(quota)];
}

/** How each kind of record reads in the feeds. */
export const readers: Readers = {
	[kindOfMemberships]: readMemberships,
	[kindOfConflicts]: readConflicts,
	files: readFiles,
	products: readProducts,
	releases: readReleases,
	...libraryReaders
};

type Swept = Pick<Talas, 'db' | 'feeds' | 'storage' | 'env'>;

/** Run now and then: each drops what has expired, or does what a crash left undone. */
export const sweeps: ((talas: Swept) => Promise<void>)[] = [
	({ db }) => sweepSessions(db),
	({ db }) => sweepLinks(db),
	({ db }) => sweepIdempotency(db),
	(talas) => finishLeftovers(talas, partsOf(talas.env)),
	sweepFiles,
	sweepBlobs,
	sweepProducts,
	sweepCollections,
	republishCards
];

/** Once, as Talas starts: what a stop of the machine has left half done. */
export async function takeUp(talas: Swept): Promise<void> {
	await finishLeftovers(talas, partsOf(talas.env));
}

/** Everything a person has here, as plain files. */
export const takeOuts = [accountsTakeOut, productsTakeOut, libraryTakeOut];

/** What becomes of a person's things when their name changes, and when they leave. */
export const people: People = {
	renamed: markCards,
	afterRenaming: republishCards,
	leaving: async (tx, accountId) => {
		await dropAccount(tx, accountId);
		await dropConflicts(tx, accountId);
		await dropFiles(tx, accountId);
		await dropProducts(tx, accountId);
	}
};
