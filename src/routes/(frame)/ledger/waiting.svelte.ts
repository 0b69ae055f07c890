import { Live } from '$lib/db/live.svelte.ts';
import { download, today } from '$ui/download.ts';
import {
	copyText,
	discard,
	entries,
	exportAll,
	retry,
	type LedgerEntry
} from '$lib/sync/ledger.ts';
import { mapOf } from '$ui/nothing.ts';
import { namesOf } from '../things.ts';
import { thingsOf, wordsOf, type Names } from './words.ts';

type Told = { entries: LedgerEntry[]; names: Names };

/** What is not on the server yet, with the names of what it is about. */
export class Ledger {
	readonly #told = new Live<Told | null>(async () => {
		const all = (await entries()).filter(({ state }) => state !== 'accepted');
		return { entries: all, names: await namesOf(all.flatMap(thingsOf)) };
	}, null);

	/** Whether it has been read. */
	get here() {
		return this.#told.current !== null;
	}

	get waiting() {
		return this.#all.filter(({ state }) => state === 'waiting' || state === 'sending');
	}

	get stuck() {
		return this.#all.filter(({ state }) => state === 'refused' || state === 'parked');
	}

	words(entry: LedgerEntry): string {
		return wordsOf(entry, this.#told.current?.names ?? mapOf());
	}

	retry(entry: LedgerEntry): Promise<void> {
		return retry(entry.id);
	}

	discard(entry: LedgerEntry): Promise<void> {
		return discard(entry.id);
	}

	/** Puts the change on the clipboard; where there is none, over plain HTTP, into a file. */
	async copy(entry: LedgerEntry): Promise<void> {
		const text = copyText(entry);
		if (navigator.clipboard) await navigator.clipboard.writeText(text);
		else download(new Blob([text], { type: 'text/plain' }), 'talas-change.txt');
	}

	async export(): Promise<void> {
		download(await exportAll(), `talas-ledger-${today()}.json`);
	}

	get #all() {
		return this.#told.current?.entries ?? [];
	}
}
