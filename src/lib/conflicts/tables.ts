import type { Conflict } from '#shared/conflicts.ts';

declare module '../db/records.ts' {
	interface Records {
		conflicts: Conflict;
	}
}

export const tables = { conflicts: 'id, [kind+recordId]' };
