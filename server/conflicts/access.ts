/**
 * Where changes of one record meet. A field that nobody else has changed takes the new value; one that
 * was changed meanwhile takes the later of both, by when the people acted, whichever came here first,
 * and the other value is kept as a conflict for the record's owner. Nothing is lost without a word.
 */
import { isDeepStrictEqual } from 'node:util';
import { and, eq, inArray } from 'drizzle-orm';
import type { Conflict, Fields } from '#shared/conflicts.ts';
import { userScope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { conflicts } from './tables.ts';

export const kindOfConflicts = 'conflicts';

/** Who changed each field last, and when: ISO 8601. */
export type Touched = Record<string, { at: string; by: Id }>;

/** A record as it is: its fields flat, and how they came to be so. */
export type Mergeable = {
	kind: string;
	id: Id;
	ownerId: Id;
	createdAt: Date;
	touched: Touched;
	fields: Fields;
};

type Edit = { change: Fields; from: Fields; by: Id; at: Date };

/** The fields that take a new value, and who touched them last now. */
export async function merge(
	tx: Db,
	record: Mergeable,
	{ change, from, by, at }: Edit
): Promise<{ change: Fields; touched: Touched }> {
	const merged: Fields = {};
	const touched = { ...record.touched };
	for (const [field, value] of Object.entries(change)) {
		if (!(field in from)) throw notSeen(field);
		const next = { value, at: at.toISOString(), by };
		const here = { value: record.fields[field], ...lastTouch(record, field) };
		const known = same(here.value, from[field]) || same(here.value, value);
		const [kept, lost] = known || here.at <= next.at ? [next, here] : [here, next];
		if (kept === next) merged[field] = value;
		touched[field] = { at: kept.at, by: kept.by };
		if (!known) await keepLost(tx, record, field, kept.value, lost);
	}
	return { change: merged, touched };
}

/** Keeps a value that is not in the record, for its owner to see at the field. */
export async function keepLost(
	tx: Db,
	{ kind, id, ownerId }: Pick<Mergeable, 'kind' | 'id' | 'ownerId'>,
	field: string,
	kept: unknown,
	lost: { value: unknown; at: string; by: Id }
): Promise<void> {
	const conflict = { id: newId(), accountId: ownerId, kind, recordId: id, field };
	await tx.insert(conflicts).values({
		...conflict,
		said: { kept: kept ?? null, lost: lost.value ?? null },
		whose: lost.by,
		at: new Date(lost.at)
	});
	publish(tx, userScope(ownerId), kindOfConflicts, conflict.id);
}

/** A record is gone for good: so are its conflicts. */
export async function forgetConflicts(tx: Db, kind: string, ids: Id[]): Promise<void> {
	const gone = await tx
		.delete(conflicts)
		.where(and(eq(conflicts.kind, kind), inArray(conflicts.recordId, ids)))
		.returning({ id: conflicts.id, accountId: conflicts.accountId });
	for (const { id, accountId } of gone) publish(tx, userScope(accountId), kindOfConflicts, id);
}

/** An account goes, and with it what was kept for it. Nobody is left to hear it. */
export async function dropConflicts(tx: Db, accountId: Id): Promise<void> {
	await tx.delete(conflicts).where(eq(conflicts.accountId, accountId));
}

/** What lost, for whom it is kept. */
export async function conflictsOf(db: Db, accountId: Id): Promise<Conflict[]> {
	const rows = await db.select().from(conflicts).where(eq(conflicts.accountId, accountId));
	return rows.map(asConflict);
}

export function asConflict(row: typeof conflicts.$inferSelect): Conflict {
	const { accountId: _, said, at, ...conflict } = row;
	return { ...conflict, ...said, at: at.toISOString() };
}

function lastTouch({ touched, createdAt, ownerId }: Mergeable, field: string) {
	return touched[field] ?? { at: createdAt.toISOString(), by: ownerId };
}

/** A field that is not there is the same as one that is empty. */
function same(a: unknown, b: unknown) {
	return isDeepStrictEqual(a ?? null, b ?? null);
}

function notSeen(field: string) {
	return new ProblemError('invalid-input', {
		errors: [{ path: `from.${field}`, code: 'required', message: 'What was seen here is needed' }]
	});
}
