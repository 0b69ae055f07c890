import type { Conflict } from '#shared/conflicts.ts';
import type { Id } from '#shared/id.ts';
import { Live } from '../db/live.svelte.ts';
import { local } from '../db/local.ts';

/** What lost to another change in this record, to be shown at its fields; the newest first. */
export function conflictsAt(kind: string, recordId: Id): Live<Conflict[]> {
	return new Live(async () => {
		const found = await local().conflicts.where({ kind, recordId }).toArray();
		return found.sort((a, b) => (a.id < b.id ? 1 : -1));
	}, []);
}

/** The records of a kind that have something to be seen to. */
export function conflictedIn(kind: string): Live<Set<Id>> {
	return new Live(async () => {
		const rows = await local()
			.conflicts.where('[kind+recordId]')
			.between([kind, ''], [kind, '\uffff'])
			.toArray();
		return new Set(rows.map(({ recordId }) => recordId));
	}, new Set());
}
