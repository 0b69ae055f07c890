import type { Attention } from './status.svelte.ts';

/** What synchronising needs of the world around it: a browser, or a test. */
export type World = {
	/**
	 * Sends JSON as the person whose database this is, and as nobody else; answers JSON. Throws a
	 * ProblemError: `unavailable` if the server was not reached.
	 */
	post(path: string, json: unknown): Promise<unknown>;
	/** A socket to `/api/live`, not open yet. */
	socket(token: string): Socket;
	/** An access token of that person that is good now; another one than `refused`. */
	token(refused?: string): Promise<string>;
	/** Unix milliseconds, by the clock of the device. */
	now(): number;
	/** 0 to 1. */
	random(): number;
	/** Something that a person must look at. */
	raise(reason: Attention): void;
	lower(reason: Attention): void;
	/** Newer code has opened the database. */
	outdated(): void;
	/** This device and the server differed in these scopes; they are being filled anew. */
	diverged(scopes: string[]): void;
	/** A change was kept while the server is away: somebody should send it even if the app is closed. */
	kept(): void;
};

/** The part of a WebSocket that is used. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'onmessage' | 'onclose'>;
