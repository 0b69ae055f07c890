import AudioWaveform from '@lucide/svelte/icons/audio-waveform';
import Box from '@lucide/svelte/icons/box';
import FileText from '@lucide/svelte/icons/file-text';
import Guitar from '@lucide/svelte/icons/guitar';
import KeyboardMusic from '@lucide/svelte/icons/keyboard-music';
import Layers from '@lucide/svelte/icons/layers';
import Plug from '@lucide/svelte/icons/plug';
import SlidersVertical from '@lucide/svelte/icons/sliders-vertical';
import type { ProductKind } from '#shared/product-details.ts';

/** The sign of each kind of product. */
export const kindIcons = {
	hardware: KeyboardMusic,
	module: SlidersVertical,
	'plug-in': Plug,
	'preset-pack': Layers,
	'sample-pack': AudioWaveform,
	instrument: Guitar,
	document: FileText,
	other: Box
} satisfies Record<ProductKind, unknown>;
