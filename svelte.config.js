import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	kit: {
		// One static shell for every URL: the screens render from what the device keeps (decision 0003).
		adapter: adapter({ fallback: 'index.html', precompress: true }),
		// One entry, which vite.config.ts cuts into the first screen and the others.
		output: { bundleStrategy: 'single' },
		alias: { $ui: 'src/lib/ui' },
		// The server lifts this policy from the meta element into the header (server/http/shell.ts).
		csp: {
			mode: 'hash',
			directives: {
				'default-src': ['none'],
				'script-src': ['self'],
				'style-src': ['self', 'unsafe-inline'],
				'font-src': ['self'],
				'img-src': ['self', 'blob:', 'data:'],
				'media-src': ['self', 'blob:'],
				'connect-src': ['self'],
				'worker-src': ['self'],
				'manifest-src': ['self'],
				'form-action': ['self'],
				'base-uri': ['none']
			}
		},
		// The service worker is registered by src/lib/pwa, which asks before it updates.
		serviceWorker: { register: false },
		// A version without a name of its own is called after the time of its build.
		version: { name: process.env.TALAS_VERSION, pollInterval: 0 }
	}
};
