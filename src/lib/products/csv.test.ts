import { describe, expect, test } from 'vitest';
import { newId } from '#shared/id.ts';
import { NewProduct, type Product } from '#shared/products.ts';
import { columns } from './csv-columns.ts';
import { fromCsv, toCsv } from './csv.ts';

const times = { createdAt: '2026-01-01T00:00:00.000Z', changedAt: '2026-01-01T00:00:00.000Z' };

function product(more: object): Product {
	const owner = { id: newId(), handle: 'ana', displayName: 'Ana' };
	const added = NewProduct.parse({ id: newId(), kind: 'other', model: 'x', ...more });
	return { ...added, owner, ...times, trashedAt: null } as Product;
}

/** What a table can hold of a product. */
function held(products: Product[]) {
	return products.map(
		({ owner: _, createdAt: __, changedAt: ___, trashedAt: ____, ...rest }) => rest
	);
}

const crate = [
	product({
		kind: 'module',
		maker: 'Make "Noise", Inc.',
		model: 'Maths; the 2nd',
		year: 2013,
		condition: 'good',
		description: 'two\nlines, with "quotes"; and\n\n=1+1',
		tags: ['a;b', 'back\\slash', 'generator'],
		links: [
			{ label: 'the manual, in full', url: 'https://example.org/a?b=c;d,e' },
			{ label: '', url: 'https://example.org/' }
		],
		licence: { name: 'custom', text: 'ask\nme' },
		visibility: 'public',
		details: { hp: 20, depthMm: 24.5, format: 'eurorack' }
	}),
	product({
		kind: 'plug-in',
		model: '=HYPERLINK("http://example.org")',
		maker: "'=already",
		version: '-1',
		licence: { name: 'cc-by-sa', text: '' },
		compatibility: { plugIn: '@home', os: ['linux', 'macos'], text: '+ more' },
		details: { formats: ['vst3', 'clap'], os: ['windows'] }
	}),
	product({ model: 'Générateur à ondes 🎛️' })
];

describe('a table of products', () => {
	test('what is written comes back the same', async () => {
		const { rows, problems } = await fromCsv(await toCsv(crate));
		expect(problems).toEqual([]);
		expect(rows.map((row) => row.product)).toEqual(held(crate));
	});

	test('a semicolon between the cells, a mark before them and columns in another order are no matter', async () => {
		const { rows } = await fromCsv(
			'\uFEFFmodel;hp;kind;tags\r\nMaths;20,5;module;"#Euro; noise"\r\n;;;\r\n'
		);
		expect(rows.map((row) => row.product)).toMatchObject([
			{ model: 'Maths', kind: 'module', details: { hp: 20.5 }, tags: ['euro', 'noise'] }
		]);
	});

	test('no cell is one that a spreadsheet would run', async () => {
		const cells = (await toCsv(crate)).split(/,|\r\n/);
		expect(cells.filter((cell) => /^"?[=+@-]/.test(cell))).toEqual([]);
	});

	test('each mistake is named by line and column, and nothing comes of the table', async () => {
		const { rows, problems } = await fromCsv(
			[
				'kind,model,year,hp,description,links,licence',
				'module,fine,2000,8,"two',
				'lines",,',
				'gadget,x,,,,,',
				'module,,soon,-4,,javascript:alert(1),',
				'plug-in,x,,8,,,custom'
			].join('\n')
		);
		expect(problems).toEqual([
			{ line: 4, column: 'kind', code: 'not-listed' },
			{ line: 5, column: 'model', code: 'required' },
			{ line: 5, column: 'year', code: 'wrong-type' },
			{ line: 5, column: 'links', code: 'invalid' },
			{ line: 5, column: 'hp', code: 'too-small' },
			{ line: 6, column: 'licenceText', code: 'invalid' },
			{ line: 6, column: 'hp', code: 'unknown-field' }
		]);
		expect(rows).toHaveLength(1);
	});

	test.each([
		[
			'a column that there is not',
			'model,colour\nx,red',
			[{ line: 1, column: 'colour', code: 'unknown-field' }]
		],
		['a column twice', 'model,model\nx,y', [{ line: 1, column: 'model', code: 'invalid' }]],
		['no column of models', 'maker\nx', [{ line: 1, column: 'model', code: 'required' }]],
		['nothing at all', '', [{ line: 1, column: 'model', code: 'required' }]],
		[
			'more cells than columns',
			'model,maker\nx,y,z',
			[{ line: 2, column: '3', code: 'unknown-field' }]
		],
		['a quote that does not end', 'model\nfine\n"x', [{ line: 3, column: '', code: 'invalid' }]],
		['an id that is none', 'model,id\nx,7', [{ line: 2, column: 'id', code: 'invalid' }]]
	])('%s is refused by name', async (_, text, expected) => {
		expect((await fromCsv(text)).problems).toEqual(expected);
	});

	test('the same product in two lines is refused', async () => {
		const id = newId();
		const { problems } = await fromCsv(`id,model\n${id},x\n${id},y`);
		expect(problems).toEqual([{ line: 3, column: 'id', code: 'invalid' }]);
	});

	test('columns have names of their own', () => {
		expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
	});
});
