/** What the plumbing itself keeps in the database of an account. */
import type { Revision, Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import type { Queued } from '#shared/mutation.ts';
import type { Problem } from '#shared/problem.ts';
import type { Stored } from './records.ts';

/**
 * One remembered value: `profile` (Account), `codeVersion` (number), `client` (Client), `history`
 * (the server's, a UUID).
 */
export type Setting = { key: string; value: unknown };

/** How this database counts its mutations: `last` is the last number given. */
export type Client = { id: Id; last: number };

/** One record, written `<kind> <id>`; `<kind> *` stands for all of a kind. */
export type Key = string;

/** What a twin changed, and what it read besides: whoever changes that makes it run again. */
export type Footprint = { touches: Key[]; reads: Key[] };

/** A change that the server has not answered yet; `n` counts up per client id (design 2). */
export type Waiting = Queued &
	Footprint & {
		/** Answered failures that may pass. */
		attempts?: number;
		lastError?: Problem;
	};

/** A change that the server has accepted, until its effect has come back by the feeds. */
export type Accepted = Queued & Footprint & { order: number; revisions: Record<Scope, Revision> };

/** A change that needs a person: refused, or parked after failing too often. */
export type Attention = Queued & {
	touches: Key[];
	state: 'refused' | 'parked';
	attempts: number;
	lastError: Problem;
	/** To be sent anew as soon as it is certain that it was not applied. */
	again?: true;
};

/** A record as the server has it, kept while pending mutations touch it; null: there is none. */
export type Image = { kind: string; id: Id; row: Stored | null };

/** What is left of a record that is gone: how often it had changed, and where it was. */
export type Tombstone = { kind: string; id: Id; v: number; scope: Scope };

/** How far this device has come in a scope. */
export type Cursor = {
	scope: Scope;
	revision: Revision;
	/** Counts the fillings from the start. */
	epoch: number;
	/** There was more behind the last page. */
	more: boolean;
	/** Only the first pages are here yet, from the start on. */
	filling: boolean;
	/** When it is filled, what was not named since it began anew goes. */
	sweep: boolean;
	/** Kinds that came and that this code has no table for. */
	strays?: string[];
};
