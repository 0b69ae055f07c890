/**
 * A small domain of its own, on both sides: notes that lie in a scope. It stands for what domains
 * do: make, change, move, count, delete, read before they write; and for what goes wrong.
 */
import { eq, inArray, sql } from 'drizzle-orm';
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { Scope, userScope } from '#shared/feed.ts';
import { Id, newId } from '#shared/id.ts';
import { mutation } from '#shared/mutation.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { handlers, readers } from '#server/domains.ts';
import { publish, type Feeds, type Reading } from '#server/sync/feed.ts';
import { isMember, join, leave } from '#server/sync/memberships.ts';
import { on } from '#server/sync/mutations.ts';
import { twin, type Belief } from '../../src/lib/sync/twin.ts';

export type Note = { id: Id; body: string; place: string; edits: number };

declare module '../../src/lib/db/records.ts' {
	interface Records {
		notes: Note;
	}
}

const table = pgTable('test_notes', {
	id: uuid().primaryKey(),
	scope: text().notNull(),
	body: text().notNull(),
	place: text().notNull(),
	edits: integer().notNull()
});

const Place = z.enum(['desk', 'shelf', 'bin']);
export const writeNote = mutation(
	'notes.writeNote',
	z.strictObject({ id: Id, scope: Scope, body: z.string().trim().min(1).max(300_000) })
);
export const changeNote = mutation(
	'notes.changeNote',
	z.strictObject({ id: Id, body: z.string() })
);
/** Not idempotent on purpose: done twice, it shows. */
export const editNote = mutation('notes.editNote', z.strictObject({ id: Id }));
export const placeNote = mutation('notes.placeNote', z.strictObject({ id: Id, place: Place }));
export const dropNote = mutation('notes.dropNote', z.strictObject({ id: Id }));
/** Everything that lies in one place goes to another: a twin that reads by an index. */
export const tidy = mutation('notes.tidy', z.strictObject({ from: Place, to: Place }));
export const moveNote = mutation('notes.moveNote', z.strictObject({ id: Id, scope: Scope }));
/** The twin believes in it; the server never does. */
export const dream = mutation('notes.dream', z.strictObject({ id: Id }));
/** A fault of the server's, as long as `broken` holds the id. */
export const breakNote = mutation('notes.breakNote', z.strictObject({ id: Id }));
export const broken = new Set<Id>();
export const joinRoom = mutation('notes.joinRoom', z.strictObject({ scope: Scope }));
export const leaveRoom = mutation('notes.leaveRoom', z.strictObject({ scope: Scope }));

export const tables = { notes: 'id, place' };

export const twins = [
	twin(writeNote, (db, _, { id, body }) => db.notes.put({ id, body, place: 'desk', edits: 0 })),
	twin(changeNote, (db, _, { id, body }) => db.notes.update(id, { body })),
	twin(editNote, async (db, _, { id }) => {
		const note = await db.notes.get(id);
		if (note) await db.notes.update(id, { edits: note.edits + 1 });
	}),
	twin(placeNote, (db, _, { id, place }) => db.notes.update(id, { place })),
	twin(dropNote, (db, _, { id }) => db.notes.delete(id)),
	twin(tidy, tidyAll),
	twin(dream, (db, _, { id }) => db.notes.put({ id, body: 'dream', place: 'desk', edits: 0 })),
	twin(breakNote, (db, _, { id }) => db.notes.update(id, { body: 'broken' })),
	twin(moveNote, () => {}),
	twin(joinRoom, () => {}),
	twin(leaveRoom, () => {})
];

async function tidyAll(db: Belief, _: { id: Id }, { from, to }: { from: string; to: string }) {
	for (const { id } of await db.notes.where('place', from))
		await db.notes.update(id, { place: to });
}

/** The notes on the server, before it is opened. */
export function addNotes(): void {
	if (readers.notes) return;
	readers.notes = read;
	handlers.push(...deeds);
}

/** Many notes at once, as somebody has who was here for years. */
export async function fill(feeds: Feeds, scope: Scope, count: number): Promise<void> {
	const many = Array.from({ length: count }, (_, i) => ({
		id: newId(),
		scope,
		body: `note ${i}`,
		place: 'desk',
		edits: 0
	}));
	await feeds.write(async (tx) => {
		await tx.insert(table).values(many);
		for (const { id } of many) publish(tx, scope, 'notes', id);
	});
}

export async function createTable(db: Db): Promise<void> {
	await db.execute(sql`create table test_notes (
		id uuid primary key, scope text not null, body text not null, place text not null,
		edits int not null)`);
}

async function read(tx: Db, ids: Id[]): Promise<Reading[]> {
	const rows = await tx.select().from(table).where(inArray(table.id, ids));
	return rows.map(({ scope, ...data }) => ({ id: data.id, scope, data }));
}

const deeds = [
	on(writeNote, async (tx, me, { id, scope, body }) => {
		await mustSync(tx, me.id, scope);
		await tx.insert(table).values({ id, scope, body, place: 'desk', edits: 0 });
		publish(tx, scope, 'notes', id);
	}),
	on(changeNote, (tx, me, { id, body }) => change(tx, me.id, id, { body })),
	on(editNote, (tx, me, { id }) => change(tx, me.id, id, { edits: sql`${table.edits} + 1` })),
	on(placeNote, (tx, me, { id, place }) => change(tx, me.id, id, { place })),
	on(dropNote, async (tx, me, { id }) => {
		const { scope } = await mine(tx, me.id, id);
		await tx.delete(table).where(eq(table.id, id));
		publish(tx, scope, 'notes', id);
	}),
	on(tidy, async (tx, me, { from, to }) => {
		const lying = await tx.select().from(table).where(eq(table.place, from));
		for (const { id, scope } of lying) {
			if (await isMember(tx, me.id, scope)) await change(tx, me.id, id, { place: to });
		}
	}),
	on(moveNote, async (tx, me, { id, scope }) => {
		const before = await mine(tx, me.id, id);
		await mustSync(tx, me.id, scope);
		await tx.update(table).set({ scope }).where(eq(table.id, id));
		publish(tx, before.scope, 'notes', id);
		publish(tx, scope, 'notes', id);
	}),
	on(dream, async () => {
		throw new ProblemError('rejected-by-state');
	}),
	on(breakNote, async (tx, me, { id }) => {
		await change(tx, me.id, id, { body: 'broken' });
		if (broken.has(id)) throw new ProblemError('busy');
	}),
	on(joinRoom, (tx, me, { scope }) => join(tx, me.id, scope, 'member')),
	on(leaveRoom, (tx, me, { scope }) => leave(tx, me.id, scope, 'member'))
];

async function change(tx: Db, me: Id, id: Id, changes: object) {
	const { scope } = await mine(tx, me, id);
	await tx.update(table).set(changes).where(eq(table.id, id));
	publish(tx, scope, 'notes', id);
}

async function mine(tx: Db, me: Id, id: Id) {
	const [note] = await tx.select().from(table).where(eq(table.id, id)).for('update');
	if (!note || !(await isMember(tx, me, note.scope))) throw new ProblemError('not-found');
	return note;
}

async function mustSync(tx: Db, me: Id, scope: string) {
	if (scope !== userScope(me) && !(await isMember(tx, me, scope))) {
		throw new ProblemError('not-found');
	}
}
