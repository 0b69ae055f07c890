import type { RegistrationMode } from '#shared/accounts.ts';
import type { Db } from '#server/db/client.ts';
import { instance } from './tables.ts';

/** How this Talas is run. The row is made by the first migration. */
export async function instanceOf(
	db: Db
): Promise<{ name: string; registration: RegistrationMode }> {
	const [row] = await db.select().from(instance);
	return { name: row?.name ?? 'Talas', registration: row?.registration ?? 'closed' };
}

export async function changeInstance(
	tx: Db,
	change: { name?: string | undefined; registration?: RegistrationMode | undefined }
): Promise<void> {
	if (Object.keys(change).length > 0) await tx.update(instance).set(change);
}
