/**
 * A write that carries an `Idempotency-Key` is done once: sent again, it hears the same answer. For
 * writes of people who are signed in; mutations have numbers of their own (`sync/push.ts`), and what
 * signs somebody in is never kept.
 */
import { createHash } from 'node:crypto';
import { and, eq, lt } from 'drizzle-orm';
import type { Context, Next } from 'hono';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import type { SignedInHttp } from './session.ts';
import { idempotency } from './tables.ts';
import { mustBeShort } from './valid.ts';

const day = 86_400_000;
const longestKey = 200;
/** The longest that any route takes. */
const longestBody = 2 * 1024 * 1024;

type Place = { accountId: string; key: string; fingerprint: string };

/** Answers the write, or says what it was answered before under this key. */
export async function once(c: Context<SignedInHttp>, key: string, next: Next) {
	if (key === '' || key.length > longestKey) throw new ProblemError('idempotency-conflict');
	await mustBeShort(c, longestBody);
	const { db } = c.get('talas');
	const text = `${c.req.method} ${c.req.path}\n${await c.req.text()}`;
	const fingerprint = createHash('sha256').update(text).digest('hex');
	const place: Place = { accountId: c.get('me').id, key, fingerprint };
	const known = await take(db, place);
	if (known) return known;
	await next();
	await keep(db, place, c.res.clone());
}

/** Takes the place for this request; answers what was said before under its key. */
async function take(db: Db, place: Place) {
	const taken = await db
		.insert(idempotency)
		.values({ ...place, createdAt: new Date() })
		.onConflictDoNothing()
		.returning({ key: idempotency.key });
	if (taken.length > 0) return undefined;
	const [known] = await db.select().from(idempotency).where(at(place));
	if (known?.fingerprint !== place.fingerprint) throw new ProblemError('idempotency-conflict');
	const { status, body, contentType } = known;
	if (status === null) throw new ProblemError('busy', { retryAfter: 1 });
	const headers = contentType ? { 'content-type': contentType } : undefined;
	return new Response(body || null, { status, headers });
}

/** Keeps the answer; a fault that may pass gives the place back, so that a retry is tried. */
async function keep(db: Db, place: Place, answer: Response) {
	if (answer.status >= 500 || answer.status === 429) {
		await db.delete(idempotency).where(at(place));
		return;
	}
	const contentType = answer.headers.get('content-type');
	const said = { status: answer.status, body: await answer.text(), contentType };
	await db.update(idempotency).set(said).where(at(place));
}

function at({ accountId, key }: Place) {
	return and(eq(idempotency.accountId, accountId), eq(idempotency.key, key));
}

/** Forgets the answers of the day before. */
export async function sweepIdempotency(db: Db, now = new Date()): Promise<void> {
	await db.delete(idempotency).where(lt(idempotency.createdAt, new Date(now.getTime() - day)));
}
