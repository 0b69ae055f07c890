/**
 * tus 1.0 (tus.io/protocols/resumable-upload) on `/api/uploads`, by `@tus/server`: creation,
 * termination, expiration, and the checksum extension by our own middleware. An upload has the id
 * of its version, so a device that forgot the address can find it again.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { and, desc, eq, ne } from 'drizzle-orm';
import { Metadata, Server } from '@tus/server';
import { Hono, type Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { Id } from '#shared/id.ts';
import { ProblemError, type ProblemCode } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { describe } from '#server/http/describe.ts';
import { signedIn, type SignedInHttp } from '#server/http/session.ts';
import type { Talas } from '#server/talas.ts';
import { mustChange, mustChangeVersion } from './access.ts';
import { algorithms, checksumOf, type Checksum } from './checksum.ts';
import { finish, setState } from './finish.ts';
import { Parts } from './parts.ts';
import { fileVersions, type VersionRow } from './tables.ts';
import { Turns } from './turns.ts';

/** What the request at hand is about. */
type Asked = { versionId: Id; checksum: Checksum | undefined };
const asked = new AsyncLocalStorage<Asked>();

/** Milliseconds that a request has to stop when another takes its turn. */
const lockDrainTimeout = 200;

const everyParts = new Map<string, Parts>();

/** The unfinished uploads of this machine. */
export function partsOf({ dataDir }: Talas['env']): Parts {
	const known = everyParts.get(dataDir);
	if (known) return known;
	const parts = new Parts(join(dataDir, 'uploads'), () => asked.getStore()?.checksum);
	everyParts.set(dataDir, parts);
	return parts;
}

export function uploads(talas: Talas) {
	const parts = partsOf(talas.env);
	const tus = new Server({
		path: '/api/uploads',
		datastore: parts,
		locker: new Turns(),
		lockDrainTimeout,
		relativeLocation: true,
		allowedOrigins: [],
		namingFunction: () => mustBeAsked().versionId
	});
	const speak = (c: Context<SignedInHttp>, versionId: Id) => {
		const checksum = checksumOf(c.req.header('upload-checksum'));
		return asked.run({ versionId, checksum }, () => tus.handleWeb(c.req.raw));
	};

	/** Answers as tus does, and finishes what has all its bytes. */
	async function answer(c: Context<SignedInHttp>, version: VersionRow) {
		const said = await speak(c, version.id);
		if (said.status >= 400) throw new ProblemError(codeOf(said.status));
		if (Number(said.headers.get('upload-offset') ?? -1) !== version.size) return said;
		const sha256 = await finish(talas, parts, version.id);
		if (sha256) said.headers.set('talas-sha256', sha256);
		return said;
	}

	return (
		new Hono<SignedInHttp>()
			.use('*', async (c, next) => {
				c.header('tus-resumable', '1.0.0');
				return next();
			})
			.options('*', async (c) => {
				const said = await tus.handleWeb(c.req.raw);
				said.headers.set('tus-extension', [...parts.extensions, 'checksum'].join(','));
				said.headers.set('tus-checksum-algorithm', algorithms.join(','));
				return said;
			})
			.use('*', signedIn, spokenHere)
			.post('/', describe('Begin an upload (tus 1.0)', { 201: null }), async (c) => {
				const version = await versionToSend(talas.db, c);
				// The record says that it is on its way before the first byte is.
				await setState(talas, version.id, { state: 'uploading', failure: null });
				return answer(c, version);
			})
			// Hono hands HEAD to GET.
			.get('/:id', describe('How far an upload is: HEAD (tus 1.0)', { 200: null }), async (c) => {
				if (c.req.raw.method !== 'HEAD') throw new ProblemError('not-found');
				const version = await versionAsked(talas.db, c);
				return version.state === 'ready' ? whole(version) : answer(c, version);
			})
			.patch('/:id', describe('Send a piece (tus 1.0)', { 204: null }), async (c) =>
				answer(c, await versionAsked(talas.db, c))
			)
			.delete('/:id', describe('Give an upload up (tus 1.0)', { 204: null }), async (c) => {
				const version = await versionAsked(talas.db, c);
				const said = await answer(c, version);
				await setState(talas, version.id, { state: 'waiting', failure: null });
				return said;
			})
	);
}

const spokenHere = createMiddleware<SignedInHttp>(async (c, next) => {
	if (c.req.header('tus-resumable') === '1.0.0') return next();
	c.header('tus-version', '1.0.0');
	throw new ProblemError('upload-protocol-unknown');
});

function mustBeAsked() {
	const request = asked.getStore();
	if (!request) throw new Error('An upload was begun outside of a request.');
	return request;
}

/** The version that the upload is for: named, or the newest of the file that waits for its bytes. */
async function versionToSend(db: Db, c: Context<SignedInHttp>): Promise<VersionRow> {
	const { fileId, versionId } = metadataOf(c.req.header('upload-metadata'));
	const version = await db.transaction(async (tx) => {
		const file = await mustChange(tx, c.get('me'), fileId);
		const which = versionId ? eq(fileVersions.id, versionId) : ne(fileVersions.state, 'ready');
		const [row] = await tx
			.select()
			.from(fileVersions)
			.where(and(eq(fileVersions.fileId, file.id), which))
			.orderBy(desc(fileVersions.number))
			.limit(1);
		return row;
	});
	if (!version || ['ready', 'processing'].includes(version.state)) {
		throw new ProblemError(versionId && !version ? 'not-found' : 'rejected-by-state');
	}
	mustHaveItsSize(c.req.header('upload-length'), version.size);
	return version;
}

/** Room was set aside for what was declared, so that is what may come: neither more, nor “later”. */
function mustHaveItsSize(length: string | undefined, size: number) {
	if (length === undefined || !/^\d{1,15}$/.test(length)) throw new ProblemError('upload-refused');
	if (Number(length) > size) throw new ProblemError('payload-too-large');
	if (Number(length) < size) throw new ProblemError('upload-refused');
}

function metadataOf(header: string | undefined): { fileId: Id; versionId: Id | undefined } {
	const fileId = Id.safeParse(textIn(header, 'fileId'));
	const versionId = Id.optional().safeParse(textIn(header, 'versionId'));
	if (!fileId.success || !versionId.success) throw new ProblemError('not-found');
	return { fileId: fileId.data, versionId: versionId.data };
}

function textIn(header: string | undefined, key: string) {
	try {
		return Metadata.parse(header)[key] ?? undefined;
	} catch {
		throw new ProblemError('upload-refused');
	}
}

async function versionAsked(db: Db, c: Context<SignedInHttp>): Promise<VersionRow> {
	const id = Id.safeParse(c.req.param('id'));
	if (!id.success) throw new ProblemError('not-found');
	const { version } = await db.transaction((tx) => mustChangeVersion(tx, c.get('me'), id.data));
	return version;
}

/** For a device that did not hear that its last chunk had come. */
function whole({ size, sha256 }: VersionRow) {
	const headers = {
		'upload-offset': String(size),
		'upload-length': String(size),
		'tus-resumable': '1.0.0',
		'cache-control': 'no-store',
		'talas-sha256': sha256 ?? ''
	};
	return new Response(null, { status: 200, headers });
}

const codes: Partial<Record<number, ProblemCode>> = {
	400: 'upload-refused',
	403: 'upload-refused',
	404: 'not-found',
	409: 'upload-out-of-step',
	410: 'upload-gone',
	412: 'upload-protocol-unknown',
	413: 'payload-too-large',
	415: 'upload-refused',
	460: 'checksum-mismatch'
};

function codeOf(status: number): ProblemCode {
	return codes[status] ?? 'unavailable';
}
