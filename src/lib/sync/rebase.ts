/**
 * Server truth comes in here and nowhere else (step 10 in the life of a change).
 *
 * It promises: in one transaction the server images go back, the news goes in, and the twins of all
 * that still waits run again; so what the person sees is always server truth and their own pending
 * changes. A device that dies half-way finds everything as it was before. Only what the news can
 * have changed is done again (affected.ts); if a twin, run again, takes another way and reaches
 * beyond that, everything is done again after all.
 */
import type { Footprint, Key } from '../db/plumbing.ts';
import { codeVersion, inFeeds, setting, type Local } from '../db/local.ts';
import { affectedBy, reaches, type Pending } from './affected.ts';
import { believeAgain, type Believer } from './belief.ts';
import { Draft } from './draft.ts';
import { Truth } from './truth.ts';

export type Basis = Believer & { local: Local };

/** Newer code has opened the database: this page may change server truth no more. */
export class Outdated extends Error {
	constructor() {
		super('A newer version of Talas has opened the database.');
		this.name = 'Outdated';
	}
}

/** Does `work` on what the server says, then shows what is believed on top of it. */
export async function rebase<T>(basis: Basis, work: (truth: Truth) => Promise<T>): Promise<T> {
	return inFeeds(basis.local, 'rw', async (local) => {
		const newest = await setting<number>(local, 'codeVersion');
		if (newest !== undefined && newest > codeVersion) throw new Outdated();
		const truth = new Truth(new Draft(local));
		const result = await work(truth);
		await truth.store();
		await replay({ ...basis, local }, truth.draft, truth.dirty());
		await truth.draft.save();
		return result;
	});
}

async function replay(basis: Basis, draft: Draft, dirty: Set<Key>) {
	const pending = await pendingIn(basis.local);
	if (pending.length === 0) return draft.restore(dirty);
	const affected = await affectedBy(draft, dirty, pending);
	if (await replayed(basis, draft, affected, pending)) return;
	draft.rewind();
	await draft.restore(pending.flatMap(({ touches }) => touches));
	await replayed(basis, draft, new Set(pending), pending);
}

/** All that is believed, in the order in which it was done. */
async function pendingIn(local: Local): Promise<Pending[]> {
	const accepted = await local.accepted.orderBy('order').toArray();
	return [...accepted, ...(await local.outbox.orderBy('n').toArray())];
}

/** Runs the twins again; answers false if one reached beyond what was put back for it. */
async function replayed(
	basis: Basis,
	draft: Draft,
	affected: Set<Pending>,
	pending: Pending[]
): Promise<boolean> {
	const others = pending.filter((each) => !affected.has(each));
	draft.fence = new Set(others.flatMap(({ touches }) => touches));
	const prints = new Map<Pending, Footprint>();
	for (const each of affected) {
		draft.known = new Set(each.reads);
		prints.set(each, await believeAgain(draft, basis, each));
		if (draft.escaped) return false;
	}
	if (reaches(draft, others)) return false;
	for (const [each, print] of prints) await keep(basis.local, each, print);
	return true;
}

async function keep(local: Local, each: Pending, { touches, reads }: Footprint) {
	const unchanged =
		String(touches) === String(each.touches) && String(reads) === String(each.reads);
	if (unchanged) return;
	if ('order' in each) await local.accepted.update(each.order, { touches, reads });
	else await local.outbox.update(each.n, { touches, reads });
}
