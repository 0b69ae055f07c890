import { downloadZip } from 'client-zip';
import { Hono } from 'hono';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import { describe } from './describe.ts';
import { signedIn, type Http } from './session.ts';

/** A file of a take-out: its path in the archive and what it holds. */
export type PlainFile = { name: string; input: string | ReadableStream<Uint8Array> };

/** What a domain gives to a take-out. */
export type TakeOut = (db: Db, accountId: Id) => Promise<PlainFile[]>;

/** Everything a person has here, in one archive of plain files, made while it is sent. */
export function takeOut(takeOuts: TakeOut[]) {
	return new Hono<Http>().get(
		'/',
		describe('Everything I have here, as a zip of plain files', { 200: null }),
		signedIn,
		(c) => {
			const zip = downloadZip(filesOf(takeOuts, c.var.talas.db, c.var.me.id));
			const day = new Date().toISOString().slice(0, 10);
			return c.body(zip.body ?? '', 200, {
				'content-type': 'application/zip',
				'content-disposition': `attachment; filename="talas-${day}.zip"`,
				'cache-control': 'no-store'
			});
		}
	);
}

async function* filesOf(takeOuts: TakeOut[], db: Db, accountId: Id) {
	for (const each of takeOuts) yield* await each(db, accountId);
}
