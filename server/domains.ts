/** What each domain hands to the plumbing. */
import { sweepLinks } from '#server/accounts/links.ts';
import { sweepSessions } from '#server/accounts/sessions.ts';
import type { Readers } from '#server/sync/feed.ts';
import { kindOfMemberships, readMemberships } from '#server/sync/memberships.ts';
import type { Handler } from '#server/sync/mutations.ts';
import { takeOut as accountsTakeOut } from '#server/accounts/take-out.ts';

/** Every mutation, with what it does. */
export const handlers: Handler[] = [];

/** How each kind of record reads in the feeds. */
export const readers: Readers = { [kindOfMemberships]: readMemberships };

/** Run now and then: each drops what has expired. */
export const sweeps = [sweepSessions, sweepLinks];

/** Everything a person has here, as plain files. */
export const takeOuts = [accountsTakeOut];
