import { z } from 'zod';

/** What the app and the server must agree on; sent as `Talas-Protocol`. Raised when old apps would do harm. */
export const protocol = 1;

/** The oldest app this server still speaks with. */
export const oldestProtocol = 1;

/** A page of a list: `?limit=&cursor=` → `{items, nextCursor}`. Cursors are opaque. */
export const PageQuery = z.strictObject({
	limit: z.coerce.number().int().min(1).max(100).default(50),
	cursor: z.string().max(200).optional()
});

export function pageOf<Item extends z.ZodType>(item: Item) {
	return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
