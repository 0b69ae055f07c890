import type { Id } from '#shared/id.ts';
import { m } from '$lib/i18n/generated/messages.js';
import { fieldWords } from '$lib/i18n/problems.ts';
import type { CsvProblem, CsvTable } from './csv.ts';

/** A file of gear that somebody has chosen: what it would bring, and what is wrong in it. */
export class GearImport {
	readonly #me: Id;
	#text = '';
	#table = $state.raw<CsvTable | null>(null);
	#problems = $state.raw<CsvProblem[]>([]);
	#brought = $state.raw<{ added: number; changed: number } | null>(null);

	constructor(me: Id) {
		this.#me = me;
	}

	/** What was read; null before a file was chosen. */
	get table() {
		return this.#table;
	}

	get problems() {
		return this.#problems;
	}

	/** What came in, once it has. */
	get brought() {
		return this.#brought;
	}

	async choose(file: File | undefined): Promise<void> {
		if (!file) return;
		const { fromCsv } = await import('./csv.ts');
		this.#brought = null;
		this.#text = await file.text();
		this.#table = await fromCsv(this.#text);
		this.#problems = this.#table.problems;
	}

	async bring(): Promise<void> {
		const { importCsv } = await import('./csv-verbs.ts');
		const { problems, ...brought } = await importCsv(this.#me, this.#text);
		this.#problems = problems;
		if (problems.length > 0) return;
		this.#brought = brought;
		this.#table = null;
	}
}

/** Where a mistake is, and what it is. */
export function mistakeWords({ line, column, code }: CsvProblem): { where: string; what: string } {
	const where = column ? m.gear_import_line({ line, column }) : m.gear_import_whole_line({ line });
	return { where, what: fieldWords(code, column) };
}
