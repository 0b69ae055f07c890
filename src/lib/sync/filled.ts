import { userScope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { local } from '../db/local.ts';

/** Whether what a person keeps has once come here whole: until then, nothing is not none. Live. */
export async function isFilled(me: Id): Promise<boolean> {
	const cursor = await local().cursors.get(userScope(me));
	return cursor !== undefined && !cursor.filling;
}
