/**
 * `npm run bench [-- <id>…] [--json FILE]`: measures the figures named, or all. It tells which
 * goals are missed and exits 0 all the same: numbers are to be read, by people, on a quiet machine.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { build } from '../../tools/build.js';
import { measure, type Figure, type Result } from './figure.ts';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { json: { type: 'string' } }
});

const figures = await figuresNamed(positionals);
await build();
console.log(`${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
const results: Result[] = [];
for (const figure of figures) {
	console.log(`${figure.id}: ${figure.words}`);
	const result = await measure(figure);
	results.push(result);
	console.log(`${linesOf(result).join('\n')}\n`);
}
if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, '\t')}\n`);
console.table(Object.fromEntries(results.map((result) => [result.id, rowOf(result)])));
const missed = results.filter(({ met }) => !met).map(({ id }) => id);
console.log(missed.length === 0 ? 'Every goal is met.' : `Missed: ${missed.join(', ')}.`);

/** Each figure is a file beside this one, named by its id: `http.read.ts`. */
async function figuresNamed(ids: string[]): Promise<Figure[]> {
	const there = (await readdir(import.meta.dirname))
		.filter((name) => /^[a-z]+\.[a-z-]+\.ts$/.test(name) && !name.endsWith('.test.ts'))
		.map((name) => name.replace(/\.ts$/, ''))
		.sort();
	const unknown = ids.filter((id) => !there.includes(id));
	if (unknown.length > 0) {
		console.error(`No figure is called ${unknown.join(', ')}. There are: ${there.join(', ')}.`);
		process.exit(2);
	}
	return Promise.all((ids.length > 0 ? ids : there).map(load));
}

async function load(id: string): Promise<Figure> {
	const { figure } = (await import(`./${id}.ts`)) as { figure: Figure };
	return figure;
}

function linesOf(result: Result) {
	const { value, unit, peer, peerValue, ratio, goal, met, spread } = result;
	const beside = peer ? `, ${peer} ${short(peerValue)} ${unit}, ratio ${short(ratio)}` : '';
	const between = `(${short(spread[0])} to ${short(spread[1])})`;
	return [
		`  ${short(value)} ${unit}${beside} ${between}; goal: ${goal}: ${met ? 'met' : 'MISSED'}`,
		...result.also.map(
			(each) =>
				`  ${each.words}: ${short(each.value)} ${each.unit}; goal ${each.goal}: ${each.met ? 'met' : 'MISSED'}`
		)
	];
}

function rowOf({ value, unit, peer, peerValue, ratio, goal, met }: Result) {
	return {
		value: short(value),
		unit,
		peer,
		peerValue: short(peerValue),
		ratio: short(ratio),
		goal,
		met
	};
}

function short(value: number | null) {
	return value === null ? '' : String(Number(value.toPrecision(4)));
}
