/** The face that a draft shows to twins: one table for each kind. */
import type { Id } from '#shared/id.ts';
import type { Footprint, Waiting } from '../db/plumbing.ts';
import type { Stored } from '../db/records.ts';
import { TwinError, type Draft } from './draft.ts';
import type { Belief, Believed, Twin } from './twin.ts';

/** Whose twins run, and which there are. */
export type Believer = { me: { id: Id }; twins: ReadonlyMap<string, Twin> };

/** Makes a believer of a list of twins. */
export function believer(me: { id: Id }, twins: Iterable<Twin>): Believer {
	return { me, twins: new Map([...twins].map((each) => [each.mutation.name, each])) };
}

type Acted = Pick<Waiting, 'name' | 'args' | 'at'>;

/** Runs the twin of a mutation; what this code does not know changes nothing. Throws what it throws. */
export async function believe(draft: Draft, { me, twins }: Believer, acted: Acted) {
	const twin = twins.get(acted.name);
	const nothing: Footprint = { touches: [], reads: [] };
	if (!twin) return nothing;
	const belief = beliefOf(draft);
	return draft.perform(() => twin.believe(belief, me, acted.args as never, acted.at));
}

/** Like `believe`, when the twin ran before: if it fails now, it has no effect until it runs again. */
export async function believeAgain(draft: Draft, believer: Believer, acted: Acted) {
	try {
		return await believe(draft, believer, acted);
	} catch (error) {
		if (!(error instanceof TwinError)) throw error;
		if (isOfStorage(error.cause)) throw error.cause;
		console.warn(`The twin of ${acted.name} fails now.`, error.cause);
		return error.footprint;
	}
}

/** A twin fails of itself, or because the database under it does. */
function isOfStorage(error: unknown) {
	return error instanceof Error && /^(Abort|Quota|DatabaseClosed|Transaction)/.test(error.name);
}

const beliefs = new WeakMap<Draft, Belief>();

function beliefOf(draft: Draft): Belief {
	const known = beliefs.get(draft);
	if (known) return known;
	const tables = draft.local.kinds.map((kind) => [kind, tableOf(draft, kind)]);
	const belief = Object.fromEntries(tables) as Belief;
	beliefs.set(draft, belief);
	return belief;
}

function tableOf(draft: Draft, kind: string): Believed<Stored> {
	return {
		get: async (id) => (await draft.read(kind, id)) ?? undefined,
		put: (record) => draft.write(kind, record.id, () => record),
		update: (id, changes) => draft.write(kind, id, (now) => now && { ...now, ...changes }),
		delete: (id) => draft.write(kind, id, () => null),
		where: (index, key) => draft.range(kind, index, key, key),
		between: (index, lower, upper) => draft.range(kind, index, lower, upper)
	};
}
