import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA, type SvelteKitPWAOptions } from '@vite-pwa/sveltekit';
import { defineConfig, type Plugin } from 'vite';

/** The server beside which `vite dev` runs. What it answers itself is handed on to it. */
const server = process.env.TALAS_SERVER ?? 'http://localhost:4001';
const ofServer = ['/api', '/media', '/healthz', '/readyz', '/.well-known'];

const shortcutIcon = { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' };

const manifest: SvelteKitPWAOptions['manifest'] = {
	id: '/',
	scope: '/',
	start_url: '/',
	name: 'Talas',
	short_name: 'Talas',
	description: 'Keep, share and work on the music you make, with or without a network.',
	lang: 'en',
	dir: 'ltr',
	display: 'standalone',
	display_override: ['standalone', 'minimal-ui'],
	theme_color: '#f5efe3',
	background_color: '#f5efe3',
	categories: ['music'],
	prefer_related_applications: false,
	shortcuts: [
		{ name: 'Settings', url: '/settings', icons: [shortcutIcon] },
		{ name: 'Devices', url: '/settings/devices', icons: [shortcutIcon] }
	],
	icons: [
		{ src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
		{ src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
		{ src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
		{ src: '/mark.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }
	],
	screenshots: [
		{
			src: '/screenshots/wide.png',
			sizes: '1280x800',
			type: 'image/png',
			form_factor: 'wide',
			label: 'All your gear, on a desktop'
		},
		{
			src: '/screenshots/narrow.png',
			sizes: '780x1688',
			type: 'image/png',
			form_factor: 'narrow',
			label: 'All your gear, on a phone'
		}
	]
};

/**
 * The service worker (src/service-worker) is handed the list of every file of the build, so that
 * all screens open offline, visited or not. src/lib/pwa/register.ts registers it: a script written
 * into the page would break the policy against inline scripts.
 */
const pwa: Partial<SvelteKitPWAOptions> = {
	strategies: 'injectManifest',
	srcDir: 'src',
	filename: 'service-worker.js',
	base: '/',
	scope: '/',
	registerType: 'prompt',
	injectRegister: false,
	includeManifestIcons: false,
	manifest,
	kit: { spa: true, adapterFallback: 'index.html' },
	injectManifest: {
		modifyURLPrefix: { 'client/': '' },
		globPatterns: ['client/**/*.{js,css,ico,png,svg,webp,woff2,webmanifest}'],
		globIgnores: ['server/**', 'client/screenshots/**'],
		maximumFileSizeToCacheInBytes: 5_000_000
	}
};

/** What a stranger's first screen grows from: the app itself, and the page of signing in. */
const roots = [
	/kit\/src\/runtime\/client\/bundle\.js$/,
	/src\/routes\/(\(door\)\/)?\+(layout|error)\.(svelte|ts)$/,
	/src\/routes\/\(door\)\/sign-in\/\+page\.svelte$/
];
/** What Kit writes for each page or layout, to load it by: one line. */
const node = /client-optimized\/nodes\/\d+\.js$/;

/**
 * All that the first screen needs comes in one file, asked for with the page itself: a first visit
 * waits once, not three times. What at least four other screens share comes in a second one, and
 * what only some use stays apart. Kit's strategy `single` means one file for the whole app; cutting
 * that file again is done here.
 */
function firstScreen(): Plugin {
	const modules = new Set<string>();
	const groups = [
		{ name: 'first', priority: 2, test: (id: string) => modules.has(id) },
		{ name: 'talas', priority: 1, minShareCount: 4 }
	];
	return {
		name: 'talas:first-screen',
		apply: 'build',
		applyToEnvironment: ({ name }) => name === 'client',
		buildEnd() {
			const all = [...this.getModuleIds()];
			const imports = (id: string) => this.getModuleInfo(id)?.importedIds ?? [];
			const found = all.filter((id) => roots.some((root) => root.test(id)));
			for (const id of found) {
				if (!modules.has(id)) found.push(...imports(id));
				modules.add(id);
			}
			const doors = all.filter(
				(id) => node.test(id) && imports(id).every((one) => modules.has(one))
			);
			for (const id of doors) modules.add(id);
		},
		outputOptions: (options) => ({ ...options, codeSplitting: { groups } })
	};
}

export default defineConfig({
	plugins: [
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/i18n/generated',
			strategy: ['localStorage', 'preferredLanguage', 'baseLocale']
		}),
		sveltekit(),
		firstScreen(),
		SvelteKitPWA(pwa)
	],
	server: {
		proxy: Object.fromEntries(ofServer.map((path) => [path, { target: server, ws: true }]))
	}
});
