import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA, type SvelteKitPWAOptions } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';

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

/**
 * What at least four screens share comes in one file, so that a first visit asks for few files,
 * also over HTTP/1.1; what only some of them use (dialogs, the database) stays apart.
 */
const shared = { name: 'talas', minShareCount: 4 };

export default defineConfig({
	build: { rolldownOptions: { output: { codeSplitting: { groups: [shared] } } } },
	plugins: [
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/i18n/generated',
			strategy: ['localStorage', 'preferredLanguage', 'baseLocale']
		}),
		sveltekit(),
		SvelteKitPWA(pwa)
	],
	server: {
		proxy: Object.fromEntries(ofServer.map((path) => [path, { target: server, ws: true }]))
	}
});
