import { and, eq } from 'drizzle-orm';
import { userScope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import {
	addBookmark,
	addFavourite,
	addTag,
	changeBookmark,
	removeBookmark,
	removeFavourite,
	removeTag
} from '#shared/library.ts';
import { ProblemError } from '#shared/problem.ts';
import { forgetConflicts, merge } from '#server/conflicts/access.ts';
import type { Db } from '#server/db/client.ts';
import { publish } from '#server/sync/feed.ts';
import { on } from '#server/sync/mutations.ts';
import { keep, letGo, mustSee, type Doors } from './access.ts';
import type { KindOfLibrary } from './queries.ts';
import { bookmarks, favourites, taggings } from './tables.ts';

/**
 * What a person puts on things: a star, a tag, a bookmark. Putting it there twice is once: then
 * the first one is published, so that every device knows it.
 */
export const markMutations = (doors: Doors) => [
	on(addFavourite, async (tx, me, { id, thing }, at) => {
		await keep(doors, tx, me, thing, 'favourite');
		const row = { id, accountId: me.id, thing, addedAt: at };
		const [kept] = await tx
			.insert(favourites)
			.values(row)
			.onConflictDoUpdate({ target: [favourites.accountId, favourites.thing], set: { thing } })
			.returning({ id: favourites.id });
		tell(tx, me.id, 'favourites', kept?.id ?? id);
	}),

	on(removeFavourite, async (tx, me, { thing }) => {
		const [gone] = await tx
			.delete(favourites)
			.where(and(eq(favourites.accountId, me.id), eq(favourites.thing, thing)))
			.returning({ id: favourites.id });
		if (!gone) return;
		await letGo(tx, me, thing, 'favourite');
		tell(tx, me.id, 'favourites', gone.id);
	}),

	on(addTag, async (tx, me, { id, thing, tag }, at) => {
		await mustSee(doors, tx, me, thing);
		const row = { id, accountId: me.id, thing, tag, addedAt: at };
		const [kept] = await tx
			.insert(taggings)
			.values(row)
			.onConflictDoUpdate({
				target: [taggings.accountId, taggings.thing, taggings.tag],
				set: { tag }
			})
			.returning({ id: taggings.id });
		tell(tx, me.id, 'taggings', kept?.id ?? id);
	}),

	on(removeTag, async (tx, me, { thing, tag }) => {
		const [gone] = await tx
			.delete(taggings)
			.where(and(eq(taggings.accountId, me.id), eq(taggings.thing, thing), eq(taggings.tag, tag)))
			.returning({ id: taggings.id });
		if (gone) tell(tx, me.id, 'taggings', gone.id);
	}),

	on(addBookmark, async (tx, me, bookmark, at) => {
		await mustSee(doors, tx, me, bookmark.thing);
		const row = { ...bookmark, accountId: me.id, createdAt: at, changedAt: at };
		const [added] = await tx.insert(bookmarks).values(row).onConflictDoNothing().returning();
		if (!added) await mustBeMine(tx, me.id, bookmark.id);
		else tell(tx, me.id, 'bookmarks', bookmark.id);
	}),

	on(changeBookmark, async (tx, me, { id, change, from }, at) => {
		const row = await mustBeMine(tx, me.id, id);
		const { createdAt, touched } = row;
		const record = { kind: 'bookmarks', id, ownerId: me.id, createdAt, touched, fields: row };
		const merged = await merge(tx, record, { change, from, by: me.id, at });
		const changedAt = at > row.changedAt ? at : row.changedAt;
		await tx
			.update(bookmarks)
			.set({ ...merged.change, touched: merged.touched, changedAt })
			.where(eq(bookmarks.id, id));
		tell(tx, me.id, 'bookmarks', id);
	}),

	on(removeBookmark, async (tx, me, { id }) => {
		const [gone] = await tx
			.delete(bookmarks)
			.where(and(eq(bookmarks.id, id), eq(bookmarks.accountId, me.id)))
			.returning({ id: bookmarks.id });
		if (!gone) return;
		await forgetConflicts(tx, 'bookmarks', [id]);
		tell(tx, me.id, 'bookmarks', id);
	})
];

function tell(tx: Db, accountId: Id, kind: KindOfLibrary, id: Id) {
	publish(tx, userScope(accountId), kind, id);
}

/** The bookmark, locked; to others its id is only taken. */
async function mustBeMine(tx: Db, accountId: Id, id: Id) {
	const [row] = await tx.select().from(bookmarks).where(eq(bookmarks.id, id)).for('update');
	if (!row) throw new ProblemError('not-found');
	if (row.accountId !== accountId) throw new ProblemError('id-taken');
	return row;
}
