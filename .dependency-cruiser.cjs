/**
 * What may import what: the nine nevers of the house (README), as far as imports show them.
 * The environment and `fetch` in screens are checked by ESLint; tests/imports.test.ts proves that
 * each rule bites. Tests stand outside: they may look into every room.
 */
const plumbing = 'sync|collab|db|http|storage|jobs|mail|ui|i18n|pwa|player';
const tests = '\\.test\\.ts$';

/** A domain's room in one wing: `$1` is its name. */
const serverRoom = `^server/(?!(?:${plumbing})/)([^/]+)/`;
const clientRoom = `^src/lib/(?!(?:${plumbing})/)([^/]+)/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: '1-the-hall-speaks-words-only',
			comment: 'shared/ imports itself and zod: it runs on the device and on the server.',
			severity: 'error',
			from: { path: '^shared/', pathNot: tests },
			to: { pathNot: '^shared/|^node_modules/zod/' }
		},
		{
			name: '2-the-client-never-runs-the-server',
			comment: "The one mention is `import type { App } from '#server/app.ts'` in src/lib/api.ts.",
			severity: 'error',
			from: { path: '^src/', pathNot: '^src/lib/api\\.ts$' },
			to: { path: '^server/' }
		},
		{
			name: '2-only-the-type-of-the-app',
			comment: 'src/lib/api.ts takes one type from server/app.ts, and nothing that runs.',
			severity: 'error',
			from: { path: '^src/lib/api\\.ts$' },
			to: { path: '^server/(?!app\\.ts$)' }
		},
		{
			name: '2-only-as-a-type',
			comment: 'Without `import type` the server would be built into the app.',
			severity: 'error',
			from: { path: '^src/lib/api\\.ts$' },
			to: { path: '^server/app\\.ts$', dependencyTypesNot: ['type-only'] }
		},
		{
			name: '3-the-server-never-imports-the-client',
			severity: 'error',
			from: { path: '^server/' },
			to: { path: '^src/' }
		},
		{
			name: '3-the-bridge-knows-the-hall-only',
			severity: 'error',
			from: { path: '^bridge/', pathNot: tests },
			to: { path: '^(server|src)/' }
		},
		{
			name: '4-plumbing-never-imports-a-domain',
			comment: 'Domains are handed to it in domains.ts. schema.ts lists their tables for Drizzle.',
			severity: 'error',
			from: { path: `^server/(${plumbing})/`, pathNot: `${tests}|^server/db/schema\\.ts$` },
			to: { path: serverRoom }
		},
		{
			name: '4-plumbing-never-imports-a-domain-on-the-client',
			severity: 'error',
			from: { path: `^src/lib/(${plumbing})/`, pathNot: tests },
			to: { path: clientRoom }
		},
		{
			name: '5-doors-between-domains-on-the-server',
			comment:
				'Another domain is entered by access.ts and queries.ts; tables.ts may name tables.ts.',
			severity: 'error',
			from: { path: serverRoom, pathNot: `${tests}|/tables\\.ts$` },
			to: { path: serverRoom, pathNot: '^server/$1/|^server/[^/]+/(access|queries)\\.ts$' }
		},
		{
			name: '5-tables-name-tables',
			severity: 'error',
			from: { path: '^server/([^/]+)/tables\\.ts$' },
			to: { path: serverRoom, pathNot: '^server/$1/|^server/[^/]+/tables\\.ts$' }
		},
		{
			name: '5-doors-between-domains-on-the-client',
			severity: 'error',
			from: { path: clientRoom, pathNot: tests },
			to: { path: clientRoom, pathNot: '^src/lib/$1/|^src/lib/[^/]+/(access|queries)\\.ts$' }
		},
		{
			name: '6-screens-read-queries',
			comment: 'A screen reads queries, calls mutate, and opens documents through collab/open.ts.',
			severity: 'error',
			from: { path: '\\.svelte$' },
			to: {
				path: '^node_modules/(dexie|yjs|y-websocket|y-protocols)/|^src/lib/api\\.ts$|^src/lib/db/local\\.ts$',
				dependencyTypesNot: ['type-only']
			}
		},
		{
			name: '7-the-worker-speaks-by-messages',
			comment: 'It shares with the page only what it truly runs too.',
			severity: 'error',
			from: { path: '^src/service-worker/', pathNot: tests },
			to: { path: '^src/(routes|lib/ui)/|\\.svelte(\\.ts)?$|^node_modules/svelte/' }
		},
		{
			name: '7-the-page-speaks-by-messages',
			severity: 'error',
			from: { path: '^src/(lib|routes)/', pathNot: tests },
			to: { path: '^src/service-worker/', dependencyTypesNot: ['type-only'] }
		},
		{
			name: '8-no-cycles',
			severity: 'error',
			from: {},
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
		},
		{
			name: '8-no-barrels',
			comment: 'index.ts says nothing; only the service worker must be called so.',
			severity: 'error',
			from: {},
			to: { path: '(^|/)index\\.(ts|js)$', pathNot: '^node_modules/|^src/service-worker/' }
		},
		{
			name: '8-no-utils',
			comment: 'A helper lives in the domain that needs it, or in shared/ once two wings do.',
			severity: 'error',
			from: {},
			to: { path: '(^|/)(utils?|helpers?)(/|\\.(ts|js)$)', pathNot: '^node_modules/' }
		},
		{
			name: '9-sql-stays-in-its-room',
			comment: 'Only the server writes SQL: in db/, in the plumbing, in a domain’s own files.',
			severity: 'error',
			from: { path: '^(src|bridge|shared)/', pathNot: tests },
			to: { path: '^node_modules/(drizzle-orm|postgres|@electric-sql/[^/]+)/' }
		},
		{
			name: '0-what-is-imported-is-there',
			severity: 'error',
			from: { pathNot: tests },
			to: { couldNotResolve: true, pathNot: '^(\\$app|\\$env|\\$service-worker|virtual:)' }
		}
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '^src/lib/i18n/generated/.*/' },
		tsPreCompilationDeps: true,
		webpackConfig: { fileName: `${__dirname}/tools/import-aliases.cjs` },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
			extensions: ['.ts', '.js', '.svelte', '.svelte.ts', '.d.ts', '.json']
		}
	}
};
