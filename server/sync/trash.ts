import { trashDays } from '#shared/trash.ts';

/**
 * When what goes to the trash now is deleted for good: counted from its arrival here, not from the
 * deed, so that what was thrown away on a device without network is not gone on arrival.
 */
export function purgeTime(now: number = Date.now()): Date {
	return new Date(now + trashDays * 86_400_000);
}
