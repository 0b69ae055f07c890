/**
 * The live socket: what was committed reaches every device of the scope (step 8 in the life of a
 * change), and nothing is ever only there: a device that missed something pulls.
 *
 * It promises: a message is framed once however many hear it, and each socket is written to once in a
 * while under load, with all that came meanwhile; a device that reads slowly is told to pull, never buffered for without
 * bound; a membership that ended counts before the next frame; a session that ended, or a token that
 * ran out, closes its sockets; nothing is read before the token was checked.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { decodeJwt } from 'jose';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { LiveRequest, closeCodes, userScope, type Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import type { Tokens } from '#server/http/tokens.ts';
import { tokenIn } from '#server/http/upgrade.ts';
import type { Bus, News } from './bus.ts';
import { Device, frame } from './device.ts';
import { kindOfMemberships, membershipsOfAccount } from './memberships.ts';

const longestMessage = 16 * 1024;
/** Milliseconds. */
const beatEvery = 20_000;
const longestSilence = 65_000;
/** Milliseconds between two writes under load. */
const between = 8;
/** Messages that a device may send between two beats. */
const mostMessages = 200;

const beat = frame({ t: 'beat' });
const ready = frame({ t: 'ready' });

type FeedNews = Extract<News, { t: 'feed' }>;

export class Live {
	#db: Db;
	#tokens: Tokens;
	#sockets = new WebSocketServer({
		noServer: true,
		maxPayload: longestMessage,
		perMessageDeflate: false,
		handleProtocols: (offered) => offered.has('talas') && 'talas'
	});
	#devices = new Set<Device>();
	#byScope = new Map<Scope, Set<Device>>();
	#unwritten = new Set<Device>();
	#writtenAt = 0;
	#beating = setInterval(() => this.#beat(), beatEvery).unref();
	#deafen: () => void;

	constructor(db: Db, tokens: Tokens, bus: Bus) {
		this.#db = db;
		this.#tokens = tokens;
		this.#deafen = bus.hear((news) => this.#hear(news));
	}

	/** Devices that are connected. */
	get count(): number {
		return this.#devices.size;
	}

	/** Takes a connection over from HTTP; refuses after the handshake, so that the app hears why. */
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		this.#sockets.handleUpgrade(request, socket, head, (ws) => {
			ws.on('error', () => ws.terminate());
			this.#open(ws, socket, tokenIn(request)).catch((error) => refuse(ws, error));
		});
	}

	/** Tells every device to come back, which then finds another node or this one again. */
	close(): void {
		clearInterval(this.#beating);
		this.#deafen();
		for (const device of this.#devices) device.close(1012, 'restarting');
	}

	async #open(ws: WebSocket, socket: Duplex, token: string | undefined) {
		if (token === undefined) throw new ProblemError('signed-out');
		const acting = await this.#tokens.read(token);
		const device = new Device(ws, socket, acting, expiryOf(token));
		this.#devices.add(device);
		ws.on('close', () => this.#forget(device));
		ws.on('message', (data) => this.#heard(device, data));
		this.#subscribe(device, userScope(acting.id));
		for (const { id, scope } of await membershipsOfAccount(this.#db, acting.id)) {
			// What was heard meanwhile is newer.
			if (!device.memberships.has(id)) this.#change(device, id, scope);
		}
		device.opened = true;
		this.#send(device, ready);
	}

	#heard(device: Device, data: RawData) {
		device.heardAt = Date.now();
		if (++device.messages > mostMessages) return device.close(closeCodes.tooMany, 'too many');
		const request = parse(data);
		if (!request) return device.close(1008, 'not understood');
		if (request.t === 'auth') {
			this.#renew(device, request.token).catch((error) => refuse(device.ws, error));
		}
	}

	async #renew(device: Device, token: string) {
		const { id, sessionId } = await this.#tokens.read(token);
		const same = id === device.acting.id && sessionId === device.acting.sessionId;
		if (!same) throw new ProblemError('token-invalid');
		device.expiresAt = expiryOf(token);
	}

	#hear(news: News[]) {
		const feeds = news.filter((each) => each.t === 'feed');
		for (const each of feeds) this.#hearMemberships(each);
		for (const each of news) {
			if (each.t === 'ended') this.#end(each.sessionId);
			else this.#deliver(each);
		}
	}

	/** First of all, so that whoever left a scope hears nothing of what was committed with it. */
	#hearMemberships({ scope, rows }: FeedNews) {
		for (const { kind, id, data } of rows) {
			if (kind !== kindOfMemberships) continue;
			const joined = typeof data?.scope === 'string' ? data.scope : null;
			for (const device of this.#byScope.get(scope) ?? []) this.#change(device, id, joined);
		}
	}

	#change(device: Device, membershipId: Id, scope: Scope | null) {
		const before = device.memberships.get(membershipId);
		if (before) this.#byScope.get(before)?.delete(device);
		device.memberships.set(membershipId, scope);
		if (scope) this.#subscribe(device, scope);
	}

	#subscribe(device: Device, scope: Scope) {
		const devices = this.#byScope.get(scope) ?? new Set();
		this.#byScope.set(scope, devices.add(device));
	}

	#deliver({ t, scope, base, revision, rows }: FeedNews) {
		const devices = this.#byScope.get(scope);
		if (!devices?.size) return;
		const framed = frame({ t, scope, base, revision, rows });
		for (const device of devices) if (device.opened) this.#send(device, framed);
	}

	#send(device: Device, framed: Buffer) {
		device.queue(framed);
		if (this.#unwritten.size === 0) this.#writeSoon();
		this.#unwritten.add(device);
	}

	/** At once after a pause; under load so rarely that several messages share a write. */
	#writeSoon() {
		const wait = this.#writtenAt + between - performance.now();
		if (wait <= 0) setImmediate(() => this.#write());
		else setTimeout(() => this.#write(), wait);
	}

	#write() {
		this.#writtenAt = performance.now();
		for (const device of this.#unwritten) device.write();
		this.#unwritten.clear();
	}

	#end(sessionId: Id) {
		for (const device of this.#devices) {
			if (device.acting.sessionId === sessionId) device.close(closeCodes.signIn, 'session ended');
		}
	}

	#beat() {
		const now = Date.now();
		for (const device of this.#devices) {
			device.messages = 0;
			if (now > device.expiresAt) device.close(closeCodes.expired, 'token expired');
			else if (now - device.heardAt > longestSilence || device.isStuck(now)) device.ws.terminate();
			else this.#send(device, beat);
		}
	}

	#forget(device: Device) {
		this.#devices.delete(device);
		for (const scope of [userScope(device.acting.id), ...device.memberships.values()]) {
			const devices = scope && this.#byScope.get(scope);
			if (!devices) continue;
			devices.delete(device);
			if (devices.size === 0) this.#byScope.delete(scope);
		}
	}
}

function parse(data: RawData): LiveRequest | undefined {
	try {
		return LiveRequest.parse(JSON.parse(String(data)));
	} catch {
		return undefined;
	}
}

/** Unix milliseconds; the token was checked before. */
function expiryOf(token: string) {
	return (decodeJwt(token).exp ?? 0) * 1_000;
}

function refuse(ws: WebSocket, error: unknown) {
	const code = error instanceof ProblemError ? error.code : 'unavailable';
	const close =
		code === 'token-expired'
			? closeCodes.expired
			: error instanceof ProblemError
				? closeCodes.signIn
				: 1013;
	ws.close(close, code);
}
