/** A file on a server that is measured. */
import { addFile } from '#shared/files.ts';
import { newId, type Id } from '#shared/id.ts';
import type { RunningServer } from '../support/server.ts';
import { begin, send, type Uploader } from '../support/tus.ts';
import { registerOn } from './person.ts';

/** Someone signed in on it, who uploads. */
export async function uploaderOn(server: RunningServer): Promise<Uploader> {
	const { headers } = await registerOn(server);
	return { url: server.url, token: headers.authorization?.slice('Bearer '.length) ?? '' };
}

/** Names a file of so many bytes; answers its id. */
export async function named(me: Uploader, size: number): Promise<Id> {
	const id = newId();
	const now = new Date().toISOString();
	const args = { id, name: 'bench.wav', size, type: 'audio/wav' };
	const mutations = [{ n: 1, id: newId(), name: addFile.name, args, at: now }];
	const answer = await fetch(`${me.url}/api/sync/push`, {
		method: 'POST',
		headers: { authorization: `Bearer ${me.token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ clientId: newId(), sentAt: now, seen: 0, mutations })
	});
	const { lastMutation } = (await answer.json()) as { lastMutation: number };
	if (lastMutation !== 1) throw new Error('The file could not be named.');
	return id;
}

/** Keeps these bytes there; answers a signed address of them. */
export async function kept(me: Uploader, bytes: Buffer): Promise<string> {
	const id = await named(me, bytes.length);
	await send(me, await begin(me, id, bytes.length), 0, bytes);
	const answer = await fetch(`${me.url}/api/files/${id}/url`, {
		method: 'POST',
		headers: { authorization: `Bearer ${me.token}`, 'content-type': 'application/json' },
		body: '{}'
	});
	return me.url + ((await answer.json()) as { url: string }).url;
}
