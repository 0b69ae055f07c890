/**
 * Products as a table of comma-separated values, which people edit elsewhere and bring back. What is
 * written comes back the same. A table with a mistake in it brings nothing: each mistake is named by
 * its line and its column.
 */
import { fieldProblems, type FieldCode } from '#shared/problem.ts';
import { NewProduct, type Product } from '#shared/products.ts';
import { newId } from '#shared/id.ts';
import { columns, type Column, type Row } from './csv-columns.ts';

/** A mistake in a table. Lines count from 1, the heading; the column is named as in the heading. */
export type CsvProblem = { line: number; column: string; code: FieldCode };

/** A row that was read: the product, and the line that it stands in. */
export type CsvRow = { product: NewProduct; line: number };

export type CsvTable = { rows: CsvRow[]; columns: Set<string>; problems: CsvProblem[] };

const mostRows = 10_000;

/** The table of these products, with a heading. Cells that a spreadsheet would run are made text. */
export async function toCsv(products: Product[]): Promise<string> {
	const { default: papa } = await import('papaparse');
	const data = products.map((product) => columns.map(({ write }) => asText(write(product))));
	return papa.unparse({ fields: columns.map(({ name }) => name), data }, { newline: '\r\n' });
}

/** Reads a table; separators and the order of columns are found out. */
export async function fromCsv(text: string): Promise<CsvTable> {
	const [heading, ...lines] = await linesOf(text.replace(/^\uFEFF/, ''));
	const names = (heading?.cells ?? []).map((name) => name.trim());
	const known = names.map((name) => columns.find((column) => column.name === name));
	const problems = headingProblems(names, known, lines.length);
	if (problems.length > 0) return { rows: [], columns: new Set(names), problems };
	const rows = lines.flatMap((line): CsvRow[] => {
		const read = readRow(line, known);
		if ('product' in read) return [read];
		problems.push(...read.problems);
		return [];
	});
	return { rows, columns: new Set(names), problems: [...problems, ...twice(rows)] };
}

type Line = { line: number; cells: string[]; broken: boolean };

async function linesOf(text: string): Promise<Line[]> {
	const { default: papa } = await import('papaparse');
	const lines: Line[] = [];
	let [line, start] = [1, 0];
	papa.parse<string[]>(text, {
		step: ({ data, errors, meta }) => {
			const broken = errors.some(({ type }) => type === 'Quotes');
			if (broken || data.some((cell) => cell.trim() !== ''))
				lines.push({ line, cells: data, broken });
			line += text.slice(start, meta.cursor).split('\n').length - 1;
			start = meta.cursor;
		}
	});
	return lines;
}

function headingProblems(names: string[], known: (Column | undefined)[], rows: number) {
	const wrong = (column: string, code: FieldCode): CsvProblem => ({ line: 1, column, code });
	const unknown = names.filter((_, i) => !known[i]).map((name) => wrong(name, 'unknown-field'));
	const again = names.filter((name, i) => names.indexOf(name) !== i);
	const missing = names.includes('model') ? [] : [wrong('model', 'required')];
	const many = rows > mostRows ? [wrong('', 'too-long')] : [];
	return [...unknown, ...again.map((name) => wrong(name, 'invalid')), ...missing, ...many];
}

type Read = CsvRow | { problems: CsvProblem[] };

function readRow({ line, cells, broken }: Line, known: (Column | undefined)[]): Read {
	const wrong = (column: string, code: FieldCode): CsvProblem => ({ line, column, code });
	if (broken) return { problems: [wrong('', 'invalid')] };
	if (cells.slice(known.length).some((cell) => cell !== '')) {
		return { problems: [wrong(`${known.length + 1}`, 'unknown-field')] };
	}
	const row: Row = { id: newId(), kind: 'other' };
	for (const [i, column] of known.entries()) column?.read(fromText(cells[i] ?? ''), row);
	const parsed = NewProduct.safeParse(row);
	if (parsed.success) return { product: parsed.data, line };
	const problems = fieldProblems(parsed.error.issues).map(({ path, code }) =>
		wrong(columnOf(path), code)
	);
	return { problems: problems.filter(({ column }, i) => problems[i - 1]?.column !== column) };
}

/** The same product in two lines: which of them is meant? */
function twice(rows: CsvRow[]): CsvProblem[] {
	const seen = new Set<string>();
	return rows.flatMap(({ product: { id }, line }) => {
		const again = seen.has(id);
		seen.add(id);
		return again ? [{ line, column: 'id', code: 'invalid' as const }] : [];
	});
}

function columnOf(path: string): string {
	const inside = columns.filter(
		(column) => path === column.path || path.startsWith(`${column.path}.`)
	);
	return inside.sort((a, b) => b.path.length - a.path.length)[0]?.name ?? path;
}

/** A spreadsheet runs what begins so, and would run what somebody else has written (CSV injection). */
function asText(cell: string) {
	return /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

function fromText(cell: string) {
	return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
