import type { Collection } from '#shared/library.ts';
import type { Branch, Tree } from './tree.svelte.ts';

/** What the screen does with a folder besides moving it. */
export type Deeds = {
	open: (folder: Collection) => void;
	rename: (folder: Collection) => void;
	add: (folder: Collection) => void;
	move: (folder: Collection) => void;
	trash: (folder: Collection) => void;
};

/** The keyboard of the tree, as the ARIA practices have it; Alt with the arrows moves the folder. */
export class TreeKeys {
	readonly #tree: () => Tree;
	readonly #deeds: () => Deeds;
	readonly #focus: (id: string) => void;

	constructor(tree: () => Tree, deeds: () => Deeds, focus: (id: string) => void) {
		this.#tree = tree;
		this.#deeds = deeds;
		this.#focus = focus;
	}

	press(event: KeyboardEvent, branch: Branch): void {
		if (event.ctrlKey || event.metaKey) return;
		const deed = event.altKey ? this.#moving(event.key, branch) : this.#going(event.key, branch);
		if (!deed) return;
		event.preventDefault();
		deed();
	}

	#moving(key: string, { folder }: Branch): (() => void) | undefined {
		const tree = this.#tree();
		const moves: Record<string, () => Promise<void>> = {
			ArrowUp: () => tree.step(folder, -1),
			ArrowDown: () => tree.step(folder, 1),
			ArrowRight: () => tree.into(folder),
			ArrowLeft: () => tree.out(folder)
		};
		const move = moves[key];
		if (!move) return undefined;
		return () => void move().then(() => this.#focus(folder.id));
	}

	#going(key: string, branch: Branch): (() => void) | undefined {
		const tree = this.#tree();
		const deeds = this.#deeds();
		const { folder } = branch;
		const lines = tree.branches;
		const at = lines.findIndex((each) => each.folder.id === folder.id);
		const to = (line: Branch | undefined) => line && (() => this.#focus(line.folder.id));
		switch (key) {
			case 'ArrowDown':
				return to(lines[at + 1]);
			case 'ArrowUp':
				return to(lines[at - 1]);
			case 'Home':
				return to(lines[0]);
			case 'End':
				return to(lines.at(-1));
			case 'ArrowRight':
				if (branch.inside > 0 && !branch.open) return () => tree.turn(folder.id, true);
				return branch.open ? to(lines[at + 1]) : undefined;
			case 'ArrowLeft':
				if (branch.open) return () => tree.turn(folder.id, false);
				return to(lines.find((each) => each.folder.id === folder.parentId));
			case 'Enter':
				return () => deeds.open(folder);
			case 'F2':
				return () => deeds.rename(folder);
			case 'Delete':
				return () => deeds.trash(folder);
			default:
				return undefined;
		}
	}
}
