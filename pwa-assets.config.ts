import { defineConfig } from '@vite-pwa/assets-generator/config';

/**
 * The icons of the installed app, all from the one mark: `npx pwa-assets-generator`, then commit.
 * The mark fills its square and keeps its wave inside the safe zone of maskable icons, so none
 * of them needs padding.
 */
const names = { transparent: 'icon', maskable: 'maskable', apple: 'apple-touch-icon' };

export default defineConfig({
	headLinkOptions: { preset: '2023' },
	preset: {
		transparent: { sizes: [192, 512], padding: 0 },
		maskable: { sizes: [512], padding: 0 },
		apple: { sizes: [180], padding: 0 },
		png: { compressionLevel: 9, quality: 80, palette: true },
		assetName: (type, size) => `icons/${names[type]}-${size.width}.png`
	},
	images: ['static/mark.svg']
});
