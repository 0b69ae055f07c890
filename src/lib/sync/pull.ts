/**
 * Asks for what is new, and takes what the live socket brings (step 9 in the life of a change).
 *
 * It promises: an answer counts only if this device is still where it asked from; a live frame
 * counts only if it follows on what is here. Everything else is asked for again.
 */
import {
	PullAnswer,
	type LiveMessage,
	type PullRequest,
	type Revision,
	type Scope
} from '#shared/feed.ts';
import type { Cursor } from '../db/plumbing.ts';
import { knowHistory, retire } from './acceptance.ts';
import { clientOf } from './outbox.ts';
import { rebase, type Basis } from './rebase.ts';
import type { Truth } from './truth.ts';
import type { World } from './world.ts';

/** The kind of the records that say which scopes an account syncs. */
const memberships = 'memberships';

export type Frame = Extract<LiveMessage, { t: 'feed' }>;

/** Takes one page of all that is new; answers whether there is more. */
export async function pull(basis: Basis, world: Pick<World, 'post'>): Promise<'more' | 'done'> {
	const { local } = basis;
	const cursors = await local.cursors.toArray();
	const request: PullRequest = {
		clientId: (await clientOf(local)).id,
		scopes: Object.fromEntries(cursors.map(({ scope, revision }) => [scope, revision])),
		filling: cursors.filter(({ filling }) => filling).map(({ scope }) => scope)
	};
	const answer = PullAnswer.parse(await world.post('/api/sync/pull', request));
	return rebase(basis, (truth) => take(truth, request, answer));
}

async function take(truth: Truth, { scopes: asked }: PullRequest, answer: PullAnswer) {
	await knowHistory(truth, answer);
	const isWhereAsked = async (scope: Scope) =>
		(await truth.cursor(scope))?.revision === asked[scope];
	for (const scope of answer.left) await truth.drop(scope);
	for (const [scope, news] of Object.entries(answer.scopes)) {
		if (await isWhereAsked(scope)) await truth.take(scope, news);
	}
	if (Object.values(answer.scopes).some(({ more }) => more)) return 'more';
	// What was asked for and not named has nothing new: it is at its head.
	const unnamed = Object.keys(asked).filter((scope) => !(scope in answer.scopes));
	for (const scope of unnamed) if (await isBehind(truth, scope, asked)) await truth.complete(scope);
	await retire(truth, true);
	return (await isUnfinished(truth)) ? 'more' : 'done';
}

async function isBehind(truth: Truth, scope: Scope, asked: Record<Scope, Revision>) {
	const cursor = await truth.cursor(scope);
	return cursor !== undefined && isPartial(cursor) && cursor.revision === asked[scope];
}

/** A scope that began anew while the question was on its way has to be asked for again. */
async function isUnfinished(truth: Truth): Promise<boolean> {
	const cursors = await truth.draft.local.cursors.toArray();
	for (const { scope } of cursors) {
		const cursor = await truth.cursor(scope);
		if (cursor && isPartial(cursor)) return true;
	}
	return false;
}

function isPartial({ more, filling, sweep }: Cursor) {
	return more || filling || sweep;
}

/** Takes live frames in one go; answers what still has to be pulled. */
export function hear(basis: Basis, frames: Frame[]): Promise<'pull' | 'done'> {
	return rebase(basis, async (truth) => {
		let missed = false;
		for (const frame of frames) {
			const revision = (await truth.cursor(frame.scope))?.revision;
			if (revision !== undefined && revision >= frame.revision) continue;
			if (revision === frame.base && !saysWhatToSync(frame)) {
				await truth.take(frame.scope, { ...frame, more: false });
			} else missed = true;
		}
		await retire(truth, false);
		return missed ? 'pull' : 'done';
	});
}

/** Who joins a scope gets its records by the pull, in the same moment as the membership. */
function saysWhatToSync({ rows }: Frame) {
	return rows.some(({ kind }) => kind === memberships);
}
