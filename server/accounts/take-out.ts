import { eq } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import type { Db } from '#server/db/client.ts';
import type { PlainFile } from '#server/http/take-out.ts';
import { asAccount, accountOf } from './queries.ts';
import { sessions } from './tables.ts';

/** What accounts gives to a take-out: everything kept of a person, but the password's hash. */
export async function takeOut(db: Db, accountId: Id): Promise<PlainFile[]> {
	const account = asAccount(await accountOf(db, accountId));
	const devices = await db
		.select({
			deviceName: sessions.deviceName,
			createdAt: sessions.createdAt,
			lastSeenAt: sessions.lastSeenAt
		})
		.from(sessions)
		.where(eq(sessions.accountId, accountId));
	return [
		{ name: 'account/account.json', input: `${JSON.stringify(account, null, '\t')}\n` },
		{ name: 'account/devices.json', input: `${JSON.stringify(devices, null, '\t')}\n` }
	];
}
