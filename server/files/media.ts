/**
 * `GET` and `HEAD /media/:file/:variant?exp&sig`: the bytes of files, whole or by ranges. They never
 * run in our origin: only kinds that a browser shows or plays are shown in place, everything else is
 * a download; nothing is guessed (`nosniff`), and what is opened by itself is in a sandbox.
 */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Http } from '#server/http/session.ts';
import { Blocks } from '#server/storage/blocks.ts';
import { Missing, type Opened } from '#server/storage/storage.ts';
import type { Talas } from '#server/talas.ts';
import { mustBeSigned } from './links.ts';
import { versionOf } from './queries.ts';
import { answerTo, type Asked } from './ranges.ts';
import { Multipart, contentRange, sendRange, type Sender } from './send.ts';
import { mayShow, unknownType } from './sniff.ts';

/** Bytes of blocks that are kept in memory for those who play the same. */
const mostBlocks = 32 * 1024 ** 2;
/** What a link stands for is looked up again after so many milliseconds: its file may be deleted. */
const trustFor = 10_000;
const mostKnown = 5_000;

type Piece = { name: string; type: string; sha256: string; until: number };

export function media(talas: Talas) {
	const blocks = new Blocks(mostBlocks);
	const known = new Map<string, Piece>();

	async function pieceAt(path: string, fileId: string, variant: string) {
		const piece = known.get(path);
		if (piece && piece.until > Date.now()) return piece;
		const found = await look(talas, fileId, variant);
		known.delete(path);
		known.set(path, found);
		const [oldest] = known.keys();
		if (known.size > mostKnown && oldest) known.delete(oldest);
		return found;
	}

	return new Hono<Http>().get('/:file/:variant', async (c) => {
		const { file, variant } = c.req.param();
		const { pathname, searchParams } = new URL(c.req.url);
		mustBeSigned(talas.keys, pathname, searchParams);
		const piece = await pieceAt(pathname, file, variant);
		const accel = talas.env.accelRedirect && talas.storage.path?.(piece.sha256);
		if (accel) return c.body(null, 200, handedOn(piece, `${talas.env.accelRedirect}/${accel}`));
		const opened = await openPiece(talas, piece);
		try {
			const { status, head, send } = plan(askedIn(c), opened, piece);
			// Hono makes a response of its own out of the one to GET.
			if (c.req.raw.method === 'HEAD') return new Response(null, { status, headers: head });
			await write(c.env.outgoing, status, head, () =>
				send?.({ reply: c.env.outgoing, blocks, opened })
			);
		} finally {
			await opened.close();
		}
		return RESPONSE_ALREADY_SENT;
	});
}

async function look({ db }: Talas, fileId: string, variant: string): Promise<Piece> {
	const id = Id.safeParse(fileId);
	const number = Number(/^v([1-9]\d{0,5})$/.exec(variant)?.[1]);
	const found = id.success && number ? await versionOf(db, id.data, number) : undefined;
	if (!found?.version.sha256 || found.version.state !== 'ready') {
		throw new ProblemError('not-found');
	}
	const { sha256, type } = found.version;
	return { name: found.file.name, type: type ?? unknownType, sha256, until: Date.now() + trustFor };
}

async function openPiece({ storage, log }: Talas, { sha256 }: Piece): Promise<Opened> {
	try {
		return await storage.open(sha256);
	} catch (error) {
		if (!(error instanceof Missing)) throw error;
		log.error({ sha256 }, 'bytes that a file has are not in storage');
		throw new ProblemError('not-found');
	}
}

function askedIn({ req }: Context<Http>): Asked {
	return {
		range: req.header('range'),
		ifRange: req.header('if-range'),
		ifMatch: req.header('if-match'),
		ifNoneMatch: req.header('if-none-match')
	};
}

type Plan = {
	status: number;
	head: Record<string, string>;
	send?: (sender: Sender) => Promise<boolean>;
};

function plan(asked: Asked, { size }: Opened, piece: Piece): Plan {
	const etag = `"${piece.sha256}"`;
	const chosen = answerTo(asked, etag, size);
	const head = { ...headersOf(piece), etag, 'accept-ranges': 'bytes' };
	if (chosen.status === 304) return { status: 304, head };
	if (chosen.status === 412) return { status: 412, head: { ...head, 'content-length': '0' } };
	if (chosen.status === 416) {
		const none = { 'content-range': `bytes */${size}`, 'content-length': '0' };
		return { status: 416, head: { ...head, ...none } };
	}
	if (chosen.status === 206 && chosen.ranges.length > 1) {
		const parts = new Multipart(chosen.ranges, head['content-type'], size);
		const several = { 'content-type': parts.type, 'content-length': String(parts.length) };
		return { status: 206, head: { ...head, ...several }, send: (to) => parts.send(to) };
	}
	const range = chosen.status === 206 ? chosen.ranges[0] : { start: 0, end: size };
	const where = chosen.status === 206 && { 'content-range': contentRange(range, size) };
	const length = { 'content-length': String(range.end - range.start) };
	const send = (to: Sender) => sendRange(to, range);
	return { status: chosen.status, head: { ...head, ...where, ...length }, send };
}

/** Once the head is out, a fault can only be told by breaking off: the length then does not fit. */
async function write(
	reply: Context<Http>['env']['outgoing'],
	status: number,
	head: Plan['head'],
	send: () => Promise<boolean> | undefined
) {
	reply.writeHead(status, head);
	try {
		if ((await send()) !== false) reply.end();
	} catch (error) {
		reply.destroy();
		throw error;
	}
}

function headersOf({ name, type }: Piece) {
	const inline = mayShow(type);
	return {
		'content-type': inline ? type : unknownType,
		'content-disposition': `${inline ? 'inline' : 'attachment'}; ${named(name)}`,
		'cache-control': 'private, max-age=31536000, immutable',
		'content-security-policy':
			"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
	};
}

/** nginx reads ranges and conditions itself, and takes type and name from us. */
function handedOn(piece: Piece, path: string) {
	return { ...headersOf(piece), etag: `"${piece.sha256}"`, 'x-accel-redirect': path };
}

/** The name for programs of every age (RFC 6266): ASCII, and all of it as UTF-8. */
function named(name: string) {
	const plain = name.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
	const exact = encodeURIComponent(name).replace(
		/['()*]/g,
		(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
	);
	return `filename="${plain}"; filename*=UTF-8''${exact}`;
}
