import type { z } from 'zod';
import { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { PageQuery } from '#shared/protocol.ts';

/** The id that the page before ended with; lists sort by id, so inserts never shift a page. */
export function afterOf(query: z.output<typeof PageQuery>): Id | undefined {
	if (query.cursor === undefined) return undefined;
	const after = Id.safeParse(Buffer.from(query.cursor, 'base64url').toString());
	if (after.success) return after.data;
	throw new ProblemError('invalid-input', {
		errors: [{ path: 'cursor', code: 'invalid', message: 'This cursor was not made here' }]
	});
}

/** Makes a page out of `limit` + 1 rows: the one too many says that there is more. */
export function pageFrom<Item extends { id: Id }>(rows: Item[], limit: number) {
	const items = rows.slice(0, limit);
	const last = rows.length > limit ? items.at(-1) : undefined;
	return { items, nextCursor: last ? Buffer.from(last.id).toString('base64url') : null };
}
