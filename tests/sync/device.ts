/**
 * A device in a test: the client's own code on a database of its own, speaking to the server's own
 * code in this process. Its network can be cut, lose answers and say things twice; it can die.
 */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { Id } from '#shared/id.ts';
import { ProblemError, type Problem } from '#shared/problem.ts';
import type { Acting } from '#server/http/tokens.ts';
import { openLocal, type Local } from '../../src/lib/db/local.ts';
import { Sync } from '../../src/lib/sync/sync.ts';
import type { World } from '../../src/lib/sync/world.ts';
import type { TestTalas } from '../support/talas.ts';
import { tables as domainTables, twins as domainTwins } from '../../src/lib/domains.ts';
import { LiveSocket } from '../../src/lib/sync/socket.ts';
import type { Frame } from '../../src/lib/sync/pull.ts';
import { WebSocket } from 'ws';
import * as notes from './notes.ts';

const tables = { ...domainTables, ...notes.tables };
const twins = [...domainTwins, ...notes.twins];

/** What becomes of the next requests, each in turn; after that the network works. */
export type Fate = 'arrives' | 'is lost' | 'answer is lost' | 'arrives twice';

export class Device {
	readonly me: Acting;
	/** Milliseconds by which its clock is wrong. */
	skew = 0;
	offline = false;
	fates: Fate[] = [];
	raised = new Set<string>();
	diverged: string[] = [];
	outdated = false;
	/** Requests that were sent, oldest first. */
	requests: { path: string; json: unknown }[] = [];
	/** Live frames that have come and were not taken yet. */
	inbox: Frame[] = [];
	#hangUp: AbortController | undefined;
	#test: TestTalas & { livePort?: number };
	#idb: IDBFactory;
	#opened: { local: Local; sync: Sync } | undefined;

	constructor(test: TestTalas & { livePort?: number }, me: Acting, idb = new IDBFactory()) {
		this.#test = test;
		this.me = me;
		this.#idb = idb;
	}

	get local(): Local {
		return this.#now.local;
	}

	get sync(): Sync {
		return this.#now.sync;
	}

	async open(): Promise<this> {
		const events = { outdated: () => (this.outdated = true), gone() {} };
		const local = await openLocal(this.me.id, events, tables, {
			indexedDB: this.#idb,
			IDBKeyRange,
			cache: 'disabled'
		});
		this.#opened = { local, sync: new Sync(local, this.me, twins, this.#world()) };
		return this;
	}

	/** The app dies: what was on its way is gone, what was on the disk stays. */
	async crash(): Promise<void> {
		this.local.close({ disableAutoOpen: true });
		await this.open();
	}

	close(): void {
		this.disconnect();
		this.#opened?.local.close({ disableAutoOpen: true });
	}

	/** Listens on the live socket; what comes lies in the inbox until `takeInbox`. */
	async connect(): Promise<void> {
		this.disconnect();
		const end = new AbortController();
		this.#hangUp = end;
		await new Promise<void>((ready) => {
			const listener = { hear: (frame: Frame) => this.inbox.push(frame), want: () => ready() };
			void new LiveSocket(this.sync.world, listener).run(end.signal);
		});
	}

	disconnect(): void {
		this.#hangUp?.abort();
		this.#hangUp = undefined;
		this.inbox = [];
	}

	/** Takes frames as they came, or as they are given. */
	async takeInbox(frames = this.inbox.splice(0)): Promise<void> {
		for (const frame of frames) this.sync.hear(frame);
		await this.sync.takeFrames();
	}

	/** A second app on the same database, as two tabs without locks are. */
	async secondTab(): Promise<Device> {
		return new Device(this.#test, this.me, this.#idb).open();
	}

	/** Another device with a copy of all that this one keeps. */
	async clone(): Promise<Device> {
		const copy = await new Device(this.#test, this.me).open();
		for (const table of this.local.tables) {
			await copy.local.table(table.name).bulkPut(await table.toArray());
		}
		return copy;
	}

	/** Sends and asks until there is nothing left to do; a lost request is tried again. */
	async settle(): Promise<void> {
		for (let attempt = 0; attempt < 50; attempt++) {
			try {
				const pushed = await this.sync.push();
				await this.sync.pull();
				const left = (await this.local.accepted.count()) + (await this.local.outbox.count());
				if (pushed === 'empty' && left === 0) return;
			} catch (error) {
				if (!(error instanceof ProblemError)) throw error;
			}
		}
		throw new Error(`Device does not settle: ${JSON.stringify(await this.local.outbox.toArray())}`);
	}

	/** Sends and asks once; answers whether the server was reached. */
	async attempt(what: 'push' | 'pull'): Promise<boolean> {
		try {
			await this.sync[what]();
			return true;
		} catch (error) {
			if (!(error instanceof ProblemError)) throw error;
			return false;
		}
	}

	async notes(): Promise<{ id: Id; body: string; place: string; edits: number }[]> {
		const rows = await this.local.notes.toArray();
		return rows.map(({ id, body, place, edits }) => ({ id, body, place, edits }));
	}

	get #now() {
		if (!this.#opened) throw new Error('The device is closed.');
		return this.#opened;
	}

	#port() {
		if (!this.#test.livePort) throw new Error('This Talas was opened without live sockets.');
		return this.#test.livePort;
	}

	#world(): World {
		return {
			post: (path, json) => this.#post(path, json),
			socket: (token) => {
				const url = `ws://127.0.0.1:${this.#port()}/api/live`;
				return new WebSocket(url, ['talas', `bearer.${token}`]) as never;
			},
			token: async () => (await this.#test.talas.tokens.make(this.me)).accessToken,
			now: () => Date.now() + this.skew,
			random: Math.random,
			raise: (reason) => this.raised.add(reason),
			lower: (reason) => this.raised.delete(reason),
			outdated: () => (this.outdated = true),
			diverged: (scopes) => this.diverged.push(...scopes),
			kept: () => {}
		};
	}

	async #post(path: string, json: unknown): Promise<unknown> {
		this.requests.push({ path, json });
		const fate = this.offline ? 'is lost' : (this.fates.shift() ?? 'arrives');
		if (fate === 'is lost') throw new ProblemError('unavailable');
		if (fate === 'arrives twice') await this.#ask(path, json);
		const answer = await this.#ask(path, json);
		if (fate === 'answer is lost') throw new ProblemError('unavailable');
		return answer;
	}

	async #ask(path: string, json: unknown): Promise<unknown> {
		const { accessToken } = await this.#test.talas.tokens.make(this.me);
		const answer = await this.#test.app.request(path, {
			method: 'POST',
			body: JSON.stringify(json),
			headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` }
		});
		const body: unknown = await answer.json();
		if (answer.ok) return body;
		const { code, errors } = body as Problem;
		throw Object.assign(new ProblemError(code, { ...(errors && { errors }) }), { cause: body });
	}
}
