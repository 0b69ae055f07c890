import { ProblemError } from '#shared/problem.ts';
import type { Sync } from './sync.ts';

let current: Sync | null = null;

/** The synchronising of the open account. Throws `signed-out` if none is open. */
export function syncing(): Sync {
	if (!current) throw new ProblemError('signed-out');
	return current;
}

/** Says which account is open from now on. */
export function syncWith(next: Sync | null): void {
	current = next;
}
