/**
 * Server truth comes in here and nowhere else (step 10 in the life of a change).
 *
 * It promises: in one transaction the server images go back, the news goes in, and the twins of all
 * that still waits run again; so what the person sees is always server truth and their own pending
 * changes. A device that dies half-way finds everything as it was before.
 *
 * Only what the news can have changed is done again. A pending mutation is *affected* if it touches
 * or reads a record that the news changes, or one that an affected mutation touches; what it reads is
 * put back too. The others find all that they read as before, so their effect stands as it is. If a
 * twin, run again, takes another way and reaches beyond, everything is done again after all.
 */
import type { Accepted, Footprint, Key, Waiting } from '../db/plumbing.ts';
import { codeVersion, inFeeds, setting, type Local } from '../db/local.ts';
import { believeAgain, type Believer } from './belief.ts';
import { Draft } from './draft.ts';
import { allOfKind } from './records.ts';
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

type Pending = Accepted | Waiting;

/** Among what a mutation reads, it says that its twin has not run yet. */
export const unknown: Key = '*';

async function replay(basis: Basis, draft: Draft, dirty: Set<Key>) {
	const pending = await pendingIn(basis.local);
	if (pending.length === 0) return draft.restore(dirty);
	const images = new Set(pending.flatMap(({ touches }) => touches));
	const affected = affectedBy(dirty, pending, images);
	if (await replayed(basis, draft, dirty, affected, pending, images)) return;
	draft.rewind();
	const everything = new Set([...dirty, ...images]);
	await replayed(basis, draft, everything, new Set(pending), pending, new Set());
}

/** All that is believed, in the order in which it was done. */
async function pendingIn(local: Local): Promise<Pending[]> {
	return [...(await local.accepted.orderBy('order').toArray()), ...(await waitingIn(local))];
}

function waitingIn(local: Local) {
	return local.outbox.orderBy('n').toArray();
}

/** Finds the affected ones, and adds to `dirty` what must be put back for them. */
function affectedBy(dirty: Set<Key>, pending: Pending[], images: Set<Key>): Set<Pending> {
	const affected = new Set<Pending>();
	const kinds = new Set([unknown, ...[...dirty].map(allOfKind)]);
	const add = (key: Key) => {
		dirty.add(key);
		kinds.add(allOfKind(key));
	};
	const isDirty = (key: Key) => dirty.has(key) || kinds.has(key);
	for (let before = -1; before !== affected.size;) {
		before = affected.size;
		for (const each of pending) {
			if (affected.has(each)) continue;
			if (!each.touches.some(isDirty) && !each.reads.some(isDirty)) continue;
			affected.add(each);
			for (const key of each.touches) add(key);
			for (const key of imagesIn(each.reads, images)) add(key);
		}
	}
	return affected;
}

/** Which of the images were read, one by one or with all of their kind. */
function imagesIn(reads: Key[], images: Set<Key>): Key[] {
	const whole = reads.filter((key) => key.endsWith(' *'));
	const one = reads.filter((key) => images.has(key));
	if (whole.length === 0) return one;
	return [...one, ...[...images].filter((key) => whole.includes(allOfKind(key)))];
}

/** Runs the twins again; answers false if one reached beyond what was put back for it. */
async function replayed(
	basis: Basis,
	draft: Draft,
	dirty: Set<Key>,
	affected: Set<Pending>,
	pending: Pending[],
	images: Set<Key>
): Promise<boolean> {
	await draft.restore(dirty);
	draft.fence = images;
	const prints = new Map<Pending, Footprint>();
	for (const each of pending) {
		if (!affected.has(each)) continue;
		prints.set(each, await believeAgain(draft, basis, each));
		if (draft.escaped) return false;
	}
	const others = pending.filter((each) => !affected.has(each));
	if (others.length > 0 && reaches(prints.values(), dirty, others)) return false;
	for (const [each, print] of prints) await keep(basis.local, each, print);
	return true;
}

/** Whether twins now touch what the others depend on and did not before. */
function reaches(prints: Iterable<Footprint>, dirty: Set<Key>, others: Pending[]): boolean {
	const fresh = [...prints].flatMap(({ touches }) => touches.filter((key) => !dirty.has(key)));
	if (fresh.length === 0) return false;
	const keys = new Set(fresh.flatMap((key) => [key, allOfKind(key)]));
	const depends = ({ touches, reads }: Pending) => [...touches, ...reads].some((k) => keys.has(k));
	return others.some(depends);
}

async function keep(local: Local, each: Pending, { touches, reads }: Footprint) {
	const unchanged =
		String(touches) === String(each.touches) && String(reads) === String(each.reads);
	if (unchanged) return;
	if ('order' in each) await local.accepted.update(each.order, { touches, reads });
	else await local.outbox.update(each.n, { touches, reads });
}
