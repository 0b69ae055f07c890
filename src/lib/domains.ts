/** What each domain hands to the plumbing of this device. */
import { twins as conflictTwins } from './conflicts/mutations.ts';
import { tables as conflictTables } from './conflicts/tables.ts';
import { twins as libraryTwins } from './library/mutations.ts';
import { tables as libraryTables } from './library/tables.ts';
import { twins as productTwins } from './products/mutations.ts';
import { tables as productTables } from './products/tables.ts';
import type { Twin } from './sync/twin.ts';

/** Every mutation, with what the screen may believe until the server has answered. */
export const twins: Twin[] = [...conflictTwins, ...productTwins, ...libraryTwins];

/** The local tables of the records, by kind: their indexes as Dexie writes them. */
export const tables: Record<string, string> = {
	...conflictTables,
	...productTables,
	...libraryTables
};

/** Raise it with every change of `tables`. */
export const tablesVersion = 1;
