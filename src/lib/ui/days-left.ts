import { trashDays } from '#shared/trash.ts';

/** How many whole days something in the trash has left. */
export function daysLeft(trashedAt: string, now = Date.now()): number {
	const gone = Date.parse(trashedAt) + trashDays * 86_400_000;
	return Math.max(0, Math.floor((gone - now) / 86_400_000));
}
