/**
 * The only file that knows the server speaks HTTP.
 *
 * It promises: an answer that is not a success is thrown as a ProblemError, and so is every
 * failure on the way (`unavailable`); no request waits for ever; `Talas-Protocol` travels with each.
 * `api` speaks as the person whose account is open: a token that has run out is renewed once and the
 * request sent again, under the same time limit. `stranger` never sends a token.
 *
 * What is learnt on the way (the server was reached, or not; this app is too old) is told to
 * whoever listens, so that nobody has to ask the network twice.
 */
import { hc } from 'hono/client';
import type { App } from '#server/app.ts';
import type { Id } from '#shared/id.ts';
import { catalogue, Problem, ProblemError, type ProblemCode } from '#shared/problem.ts';
import { protocol } from '#shared/protocol.ts';

const patience = 20_000;
const pingPatience = 5_000;

export const api = hc<App>('/', { fetch: asPerson });
export const stranger = hc<App>('/', { fetch: asNobody });

/** Gives the access token of the open account, and another one when the server refuses it. */
export type Speaker = {
	/** Null if nobody is signed in; throws a ProblemError if a token is needed and cannot be had. */
	token(): Promise<string | null>;
	renew(refused: string): Promise<string>;
};

let speaker: Speaker = {
	token: () => Promise.resolve(null),
	renew: () => Promise.reject(new ProblemError('signed-out'))
};

export function speakAs(next: Speaker) {
	speaker = next;
}

export type News = 'reached' | 'unreached' | 'too-old';
const listeners = new Set<(news: News) => void>();

/** Hears what each request tells of the network. Answers how to stop. */
export function onNews(listener: (news: News) => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Whether this Talas answers: not a proxy before it, nor the log-in page of a hotel. */
export async function ping(): Promise<boolean> {
	try {
		const signal = AbortSignal.timeout(pingPatience);
		const response = await fetch('/healthz', { cache: 'no-store', signal });
		await response.arrayBuffer();
		return response.ok && isJson(response);
	} catch (error) {
		return !isNetworkFailure(error);
	}
}

/** Sends JSON as this person and answers JSON; throws rather than speak for anybody else. */
export async function postAs(userId: Id, path: string, json: unknown): Promise<unknown> {
	const headers = { 'Content-Type': 'application/json' };
	const init = { method: 'POST', headers, body: JSON.stringify(json) };
	const answer = await withToken((token) => send(path, init, tokenOf(userId, token)));
	return answer.json();
}

/** A token of this person; another one than `refused`. Throws a ProblemError. */
export async function tokenFor(userId: Id, refused?: string): Promise<string> {
	const token = await speaker.token();
	return tokenOf(userId, token && token === refused ? await speaker.renew(token) : token);
}

function asPerson(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
	return withToken((token) => send(input, init, token));
}

async function withToken(ask: (token: string | null) => Promise<Response>): Promise<Response> {
	const token = await speaker.token();
	try {
		return await ask(token);
	} catch (error) {
		if (token === null || !isRefusedToken(error)) throw error;
		return ask(await speaker.renew(token));
	}
}

/** The token, if it speaks for this person: one account's work never goes out as another's. */
function tokenOf(userId: Id, token: string | null): string {
	const body = token?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/');
	const { sub } = body ? (JSON.parse(atob(body)) as { sub?: unknown }) : {};
	if (token === null || sub !== userId) throw new ProblemError('signed-out');
	return token;
}

function asNobody(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
	return send(input, init, null);
}

async function send(input: RequestInfo | URL, init: RequestInit, token: string | null) {
	const headers = new Headers(init.headers);
	headers.set('Talas-Protocol', String(protocol));
	if (token !== null) headers.set('Authorization', `Bearer ${token}`);
	const signal = init.signal ?? AbortSignal.timeout(patience);
	const response = await reach(input, { ...init, headers, signal, cache: 'no-store' });
	if (response.ok) return response;
	throw await problemOf(response);
}

async function reach(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
	try {
		const response = await fetch(input, init);
		const whole = isJson(response) ? await wholly(response) : response;
		tell(response.ok || isJson(response) ? 'reached' : 'unreached');
		return whole;
	} catch (error) {
		if (!isNetworkFailure(error)) throw error;
		tell('unreached');
		throw problem('unavailable', error);
	}
}

/** JSON is read to its end here: a connection that breaks half-way is a failure of the network too. */
async function wholly(response: Response): Promise<Response> {
	return new Response(await response.arrayBuffer(), response);
}

/** The problem that an answer tells; one without words of Talas was written by something between. */
export async function problemOf(response: Response): Promise<ProblemError> {
	const told = Problem.safeParse(isJson(response) ? await readJson(response) : null);
	const code = told.success ? told.data.code : codeOfStatus(response.status);
	if (code === 'client-too-old') tell('too-old');
	return problem(code, told.data, {
		detail: told.data?.detail,
		errors: told.data?.errors,
		retryAfter: secondsUntil(response.headers.get('retry-after'))
	});
}

function problem(
	code: ProblemCode,
	cause: unknown,
	more: ConstructorParameters<typeof ProblemError>[1] = {}
) {
	return Object.assign(new ProblemError(code, more), { cause });
}

/** A newer server may know codes that this app does not: the status still says what to do. */
function codeOfStatus(status: number): ProblemCode {
	if (status === 500) return 'internal';
	if (status > 500 || status === 408) return 'unavailable';
	if (status === 429) return 'rate-limited';
	const same = Object.entries(catalogue).find(([, entry]) => entry.status === status);
	return same ? (same[0] as ProblemCode) : 'internal';
}

async function readJson(response: Response): Promise<unknown> {
	try {
		return await response.json();
	} catch (error) {
		return { unreadable: error };
	}
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). */
function secondsUntil(header: string | null): number | undefined {
	if (header === null) return undefined;
	const seconds = Number(header);
	if (Number.isFinite(seconds)) return Math.max(0, seconds);
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1_000);
}

function isJson(response: Response) {
	return /^application\/([a-z.+-]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
}

/** A session that ended may have been followed by another one, which a newer token speaks for. */
const refused: ProblemCode[] = ['token-expired', 'token-invalid', 'session-ended'];

function isRefusedToken(error: unknown) {
	return error instanceof ProblemError && refused.includes(error.code);
}

/** `fetch` throws a TypeError when there is no way to the server, and TimeoutError when we give up. */
function isNetworkFailure(error: unknown) {
	return (
		error instanceof TypeError || (error as { name?: unknown } | null)?.name === 'TimeoutError'
	);
}

function tell(news: News) {
	for (const listener of listeners) listener(news);
}
