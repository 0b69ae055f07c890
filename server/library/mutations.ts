import { ownDoors, type Doors } from './access.ts';
import { collectionMutations } from './collections.ts';
import { itemMutations } from './items.ts';
import { markMutations } from './marks.ts';

/** @param doors how the library reaches the things of other domains, by kind */
export function libraryMutations(doors: Doors) {
	const all = { ...ownDoors, ...doors };
	return [...markMutations(all), ...collectionMutations, ...itemMutations(all)];
}
