import { z } from 'zod';
import { Id } from './id.ts';
import { Queued } from './mutation.ts';
import { Problem } from './problem.ts';

/**
 * A named stream of records: `user:<id>`, `products:<id>`, `room:<id>`… You sync it because a
 * membership says so.
 */
export const Scope = z.string().regex(/^[a-z]+:[0-9a-f-]{36}$/);
export type Scope = z.infer<typeof Scope>;

/** The scope of what belongs to one person, and differs from person to person. */
export function userScope(accountId: Id): Scope {
	return `user:${accountId}`;
}

/** Counts the rows of a scope: dense, from 1, in the order of the commits. */
export const Revision = z.number().int().min(0);
export type Revision = z.infer<typeof Revision>;

/**
 * One record of a feed as it is now. `v` counts the record's changes, also from scope to scope: a
 * row with a lower `v` than the one a device has is old news. `data: null` is a tombstone.
 */
export const FeedRow = z.object({
	kind: z.string(),
	id: Id,
	revision: Revision,
	v: z.number().int().min(1),
	data: z.record(z.string(), z.unknown()).nullable()
});
export type FeedRow = z.infer<typeof FeedRow>;

/** A membership as it is published in `user:<id>`: why this account syncs that scope. */
export const Membership = z.object({ id: Id, scope: Scope, reasons: z.array(z.string()).min(1) });
export type Membership = z.infer<typeof Membership>;

export const mostMutations = 100;
export const mostRows = 1_000;
const mostScopes = 10_000;

export const PushRequest = z.strictObject({
	clientId: Id,
	sentAt: z.iso.datetime().describe('The clock of the device when it sent this'),
	seen: z.number().int().min(0).describe('Answers up to this number have arrived'),
	mutations: z.array(Queued).max(mostMutations)
});
export type PushRequest = z.infer<typeof PushRequest>;

/** What became of one mutation. `revisions`: where its effect shows, in the caller's scopes. */
export const PushResult = z.union([
	z.object({ n: z.number().int(), revisions: z.record(Scope, Revision) }),
	z.object({ n: z.number().int(), problem: Problem.extend({ expected: z.number().optional() }) })
]);
export type PushResult = z.infer<typeof PushResult>;

export const PushAnswer = z.object({
	history: z.uuid(),
	results: z.array(PushResult),
	lastMutation: z.number().int()
});
export type PushAnswer = z.infer<typeof PushAnswer>;

export const PullRequest = z.strictObject({
	clientId: Id,
	scopes: z
		.record(Scope, Revision)
		.refine((scopes) => Object.keys(scopes).length <= mostScopes, 'too-long')
		.describe('The revision that the device has, by scope'),
	filling: z
		.array(Scope)
		.max(mostScopes, 'too-long')
		.optional()
		.describe('Scopes of which the device has only the first pages yet')
});
export type PullRequest = z.infer<typeof PullRequest>;

/**
 * News of one scope since the revision asked from. `revision`: the last row's while there is more,
 * else the head. `reset`: what is not named from here to the page without `more` is gone.
 */
export const ScopeNews = z.object({
	revision: Revision,
	rows: z.array(FeedRow),
	more: z.boolean(),
	reset: z.literal(true).optional()
});
export type ScopeNews = z.infer<typeof ScopeNews>;

/** `scopes` holds only those with news. */
export const PullAnswer = z.object({
	history: z.uuid().describe('Changes when the server was restored from a copy'),
	scopes: z.record(Scope, ScopeNews),
	joined: z.array(Scope),
	left: z.array(Scope),
	lastMutation: z.number().int()
});
export type PullAnswer = z.infer<typeof PullAnswer>;

/** Asks which scopes differ from the server's at the same revision. */
export const CheckRequest = z.strictObject({
	clientId: Id,
	scopes: z
		.record(Scope, z.strictObject({ revision: Revision, sum: z.number().int() }))
		.refine((scopes) => Object.keys(scopes).length <= 50, 'too-long')
});
export const CheckAnswer = z.object({ different: z.array(Scope) });

/** What the live socket says. */
export type LiveMessage =
	| { t: 'ready' }
	| { t: 'beat' }
	| { t: 'pull' }
	| { t: 'feed'; scope: Scope; base: Revision; revision: Revision; rows: FeedRow[] };

/** What a device says on the live socket. */
export const LiveRequest = z.discriminatedUnion('t', [
	z.strictObject({ t: z.literal('beat') }),
	z.strictObject({ t: z.literal('auth'), token: z.string().max(4_000) })
]);
export type LiveRequest = z.infer<typeof LiveRequest>;

/** Close codes of the sockets (design 3). */
export const closeCodes = {
	signIn: 4401,
	revoked: 4403,
	notFound: 4404,
	tooLarge: 4413,
	tooMany: 4429,
	expired: 4501
} as const;

/**
 * A number for what a scope holds, the same whatever the order of adding: sums of these are
 * compared between device and server. 48 bits of two FNV-1a hashes (Fowler, Noll, Vo).
 */
export function rowHash({ kind, id, v }: Pick<FeedRow, 'kind' | 'id' | 'v'>): number {
	const text = `${kind}\0${id}\0${v}`;
	return (fnv(text, 0x811c9dc5) & 0xffffff) * 0x1000000 + (fnv(text, 0x050c5d1f) & 0xffffff);
}

/** Adds hashes so that their sum stays an exact integer. */
export function addHash(sum: number, hash: number): number {
	return (sum + hash) % 2 ** 52;
}

function fnv(text: string, basis: number) {
	let hash = basis;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash >>> 0;
}
