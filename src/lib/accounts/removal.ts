/**
 * Removes what this device keeps of one account: its database, its cached media, its files. A second
 * account on the same device finds nothing of the first. Safe to repeat after an interruption.
 */
import type { Id } from '#shared/id.ts';
import { beginLeaving, endLeaving, forgetAccount } from './device.ts';

export async function removeLocalData(userId: Id): Promise<void> {
	beginLeaving(userId);
	const { deleteLocal, localName } = await import('../db/local.ts');
	await deleteLocal(userId);
	if ('caches' in globalThis) await caches.delete(`media-${userId}`);
	await removeFolder(localName(userId));
	forgetAccount(userId);
	endLeaving();
}

/** The folder of an account in the origin's private file system has the name of its database. */
async function removeFolder(name: string) {
	if (!navigator.storage?.getDirectory) return;
	const root = await navigator.storage.getDirectory();
	for await (const found of root.keys()) {
		if (found === name) return root.removeEntry(name, { recursive: true });
	}
}
