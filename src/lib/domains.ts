/** What each domain hands to the plumbing of this device. */
import type { Twin } from './sync/twin.ts';

/** Every mutation, with what the screen may believe until the server has answered. */
export const twins: Twin[] = [];

/** The local tables of the records, by kind: their indexes as Dexie writes them. */
export const tables: Record<string, string> = {};

/** Raise it with every change of `tables`. */
export const tablesVersion = 1;
