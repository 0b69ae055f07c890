/** What each domain hands to the plumbing. */
import { sweepLinks } from '#server/accounts/links.ts';
import { sweepSessions } from '#server/accounts/sessions.ts';
import { takeOut as accountsTakeOut } from '#server/accounts/take-out.ts';

/** Run now and then: each drops what has expired. */
export const sweeps = [sweepSessions, sweepLinks];

/** Everything a person has here, as plain files. */
export const takeOuts = [accountsTakeOut];
