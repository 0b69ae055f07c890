/** Each rule of .dependency-cruiser.cjs is broken once here, in a house of matchsticks. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '#server/env.ts';
import { temporaryFolder } from './support/temporary.ts';

/** Who imports what, and the rule that says no. */
const forbidden: [rule: string, from: string, line: string][] = [
	['1-the-hall-speaks-words-only', 'shared/a.ts', "import '#server/chat/queries.ts'"],
	['1-the-hall-speaks-words-only', 'shared/b.ts', "import 'svelte'"],
	['1-the-hall-speaks-words-only', 'shared/c.ts', "import 'node:fs'"],
	['2-the-client-never-runs-the-server', 'src/lib/chat/a.ts', "import '#server/app.ts'"],
	[
		'2-the-client-never-runs-the-server',
		'src/lib/chat/b.ts',
		"import type {} from '#server/app.ts'"
	],
	['2-only-as-a-type', 'src/lib/api.ts', "import { app } from '#server/app.ts'"],
	['2-only-the-type-of-the-app', 'src/lib/api.ts', "import '#server/chat/queries.ts'"],
	['3-the-server-never-imports-the-client', 'server/chat/a.ts', "import '../../src/lib/api.ts'"],
	['3-the-bridge-knows-the-hall-only', 'bridge/a.ts', "import '#server/chat/queries.ts'"],
	['4-plumbing-never-imports-a-domain', 'server/sync/a.ts', "import '#server/chat/queries.ts'"],
	[
		'4-plumbing-never-imports-a-domain-on-the-client',
		'src/lib/ui/A.svelte',
		"import { rooms } from '$lib/chat/queries.ts'; rooms"
	],
	[
		'5-doors-between-domains-on-the-server',
		'server/tracks/a.ts',
		"import '#server/chat/tables.ts'"
	],
	[
		'5-doors-between-domains-on-the-server',
		'server/tracks/b.ts',
		"import '#server/chat/mutations.ts'"
	],
	['5-tables-name-tables', 'server/tracks/tables.ts', "import '#server/chat/queries.ts'"],
	[
		'5-doors-between-domains-on-the-client',
		'src/lib/tracks/a.ts',
		"import '$lib/chat/mutations.ts'"
	],
	[
		'5-doors-between-domains-on-the-client',
		'src/lib/tracks/B.svelte',
		"import Room from '$lib/chat/Room.svelte'; Room"
	],
	['6-screens-read-queries', 'src/lib/chat/C.svelte', "import Dexie from 'dexie'; Dexie"],
	['6-screens-read-queries', 'src/lib/chat/D.svelte', "import * as Y from 'yjs'; Y"],
	['6-screens-read-queries', 'src/routes/+page.svelte', "import { api } from '$lib/api.ts'; api"],
	['7-the-worker-speaks-by-messages', 'src/service-worker/a.ts', "import '$lib/chat/Room.svelte'"],
	['7-the-page-speaks-by-messages', 'src/lib/chat/e.ts', "import '../../service-worker/b.ts'"],
	['8-no-cycles', 'shared/about.ts', "import './round.ts'"],
	['8-no-barrels', 'server/chat/c.ts', "import './index.ts'"],
	['8-no-utils', 'server/chat/d.ts', "import './utils.ts'"],
	['9-sql-stays-in-its-room', 'src/lib/chat/f.ts', "import 'postgres'"],
	['0-what-is-imported-is-there', 'server/chat/e.ts', "import './gone.ts'"]
];

const allowed: [from: string, line: string][] = [
	['shared/words.ts', "import 'zod'"],
	['src/lib/api.ts', "import type { App } from '#server/app.ts'"],
	['src/lib/chat/good.ts', "import '#shared/words.ts'"],
	['server/chat/good.ts', "import './tables.ts'; import '#server/sync/feed.ts'"],
	['server/files/good.ts', "import '#server/chat/queries.ts'; import '#server/chat/access.ts'"],
	['server/files/tables.ts', "import '#server/chat/tables.ts'; import 'drizzle-orm'"],
	['server/app.ts', "import '#server/files/good.ts'"],
	['src/lib/files/Good.svelte', "import { rooms } from '$lib/chat/queries.ts'; rooms"],
	['src/routes/files/+page.svelte', "import Good from '$lib/files/Good.svelte'; Good"],
	['server/chat/good.test.ts', "import '#server/files/tables.ts'"]
];

/** What the lines above name. */
const there = [
	...['access', 'index', 'mutations', 'queries', 'tables', 'utils'].map(
		(n) => `server/chat/${n}.ts`
	),
	'server/sync/feed.ts',
	'src/lib/chat/mutations.ts',
	'src/lib/chat/queries.ts',
	'src/service-worker/b.ts',
	...['dexie', 'drizzle-orm', 'postgres', 'svelte', 'yjs', 'zod'].map(
		(name) => `node_modules/${name}/index.js`
	),
	// What the compiled screens import by themselves.
	...['client', 'disclose-version', 'flags/legacy'].map(
		(name) => `node_modules/svelte/internal/${name}.js`
	)
];

type Violation = { from: string; to: string; rule: { name: string } };
let house: Awaited<ReturnType<typeof temporaryFolder>>;
let found: Violation[];

beforeAll(async () => {
	house = await temporaryFolder();
	await build(house.path);
	found = await cruise(house.path);
});
afterAll(() => house.close());

describe('what may not be imported', () => {
	test.each(forbidden)('%s: %s has %s', (rule, from) => {
		expect(found.map((violation) => [violation.rule.name, violation.from])).toContainEqual([
			rule,
			from
		]);
	});
});

test('what may be imported is left alone', () => {
	const clean = allowed.map(([from]) => from).filter((from) => from !== 'src/lib/api.ts');
	expect(found.filter(({ from }) => clean.includes(from))).toEqual([]);
	expect(found.filter(({ rule }) => rule.name === '2-only-as-a-type')).toHaveLength(1);
});

/** What imports do not show is left to ESLint. */
test.each([
	['server/chat/a.ts', 'export const port = process.env.PORT;'],
	['src/lib/chat/a.ts', "import { env } from 'node:process'; export const port = env.PORT;"],
	['src/lib/chat/A.svelte', "<button onclick={() => fetch('/')}>Go</button>"]
])('only env.ts reads the environment, and no screen fetches: %s', async (filePath, text) => {
	const eslint = new ESLint({ cwd: root });
	const [file] = await eslint.lintText(text, { filePath });
	expect(file?.messages.map(({ ruleId }) => ruleId)).toEqual([
		expect.stringMatching(/^no-restricted-(properties|imports|globals)$/)
	]);
});

async function build(path: string) {
	const lines = new Map<string, string[]>(there.map((file) => [file, ['export const rooms = 1']]));
	lines.set('src/lib/chat/Room.svelte', []);
	lines.set('shared/round.ts', ["import './about.ts'"]); // A cycle is reported once.
	for (const [from, line] of [
		...allowed,
		...forbidden.map(([, from, line]) => [from, line] as const)
	]) {
		lines.set(from, [...(lines.get(from) ?? []), line]);
	}
	lines.set('package.json', [
		JSON.stringify({
			type: 'module',
			imports: { '#shared/*': './shared/*', '#server/*': './server/*' }
		})
	]);
	for (const [file, content] of lines) await write(join(path, file), content.join(';\n'));
}

async function write(path: string, text: string) {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, path.endsWith('.svelte') ? `<script lang="ts">${text}</script>` : text);
}

async function cruise(path: string): Promise<Violation[]> {
	const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
	const config = join(root, '.dependency-cruiser.cjs');
	const args = ['--config', config, '--output-type', 'json', 'shared', 'server', 'src', 'bridge'];
	// It exits with the number of violations; the report is what counts.
	const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
		cwd: path,
		maxBuffer: 50_000_000
	}).catch((error: { stdout: string }) => error);
	return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}
