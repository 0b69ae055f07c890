/**
 * How a device catches up: everything that is new in the scopes of its account, in one statement and
 * so from one snapshot. It costs what changed, not what exists.
 */
import { sql } from 'drizzle-orm';
import {
	addHash,
	mostRows,
	rowHash,
	userScope,
	type FeedRow,
	type PullAnswer,
	type PullRequest,
	type Revision,
	type Scope
} from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Db } from '#server/db/client.ts';
import { isMember } from './memberships.ts';

type Line = {
	history: Id;
	last_mutation: number | null;
	gone: Scope[];
	scope: Scope | null;
	fresh: boolean;
	reset: boolean;
	base: string;
	head: string;
	kind: string | null;
	id: Id;
	revision: string;
	v: number;
	data: FeedRow['data'];
};

/** @param limit rows a page */
export async function pull(
	db: Db,
	accountId: Id,
	{ clientId, scopes, filling = [] }: PullRequest,
	limit: number = mostRows
): Promise<PullAnswer> {
	const lines = await db.execute<Line>(sql`
		with mine as (
			select ${userScope(accountId)} as scope
			union all select scope from memberships where account_id = ${accountId}::uuid
		), asked as (
			select key as scope, value::bigint as cursor
			from jsonb_each_text(${JSON.stringify(scopes)}::jsonb)
		), compared as (
			select scope, mine.scope is null as gone, asked.scope is null as fresh,
				coalesce(cursor, 0) as cursor, coalesce(scopes.revision, 0) as head,
				asked.scope is not null and (cursor > coalesce(scopes.revision, 0) or (
					cursor < coalesce(scopes.floor, 0)
					and not ${JSON.stringify(filling)}::jsonb ? scope
				)) as reset
			from mine full join asked using (scope) left join scopes using (scope)
		), news as (
			select *, case when reset then 0 else cursor end as base
			from compared where not gone and (fresh or cursor <> head) order by scope
		)
		select history.id as history, clients.last_mutation, page.*,
			(select coalesce(jsonb_agg(scope), '[]') from compared where gone) as gone
		from history
		left join clients on clients.id = ${clientId}::uuid
			and clients.account_id = ${accountId}::uuid
		left join (
			select news.scope, fresh, reset, base, head, rows.kind, rows.id, rows.revision, rows.v,
				rows.data
			from news left join lateral (
				select kind, id, revision, v, data from feed
				where feed.scope = news.scope and feed.revision > base
					and (base > 0 or data is not null)
				order by feed.revision limit ${limit + 1}
			) as rows on true
			limit ${limit + 1}
		) as page on true`);
	return compose(lines, limit);
}

function compose(lines: Line[], limit: number): PullAnswer {
	const [first] = lines;
	if (!first) throw new Error('The history has no name.');
	const answer: PullAnswer = {
		history: first.history,
		scopes: {},
		joined: [],
		left: first.gone,
		lastMutation: first.last_mutation ?? 0
	};
	for (const line of lines.slice(0, limit)) add(answer, line, Number(line.head));
	const next = lines[limit];
	if (next?.scope) cut(answer, next, next.scope);
	return answer;
}

function add(answer: PullAnswer, line: Line, revision: Revision) {
	const { scope, fresh, reset, kind } = line;
	if (scope === null) return;
	if (!answer.scopes[scope] && fresh) answer.joined.push(scope);
	answer.scopes[scope] ??= { revision, rows: [], more: false, ...(reset && { reset }) };
	if (kind === null) return;
	const { id, v, data } = line;
	answer.scopes[scope].rows.push({ kind, id, revision: Number(line.revision), v, data });
}

/** The page is full: the scope of the line that found no place goes on in the next one. */
function cut(answer: PullAnswer, line: Line, scope: Scope) {
	add(answer, { ...line, kind: null }, Number(line.base));
	const news = answer.scopes[scope];
	if (!news) return;
	news.more = true;
	news.revision = news.rows.at(-1)?.revision ?? Number(line.base);
}

/**
 * Which of the scopes hold something else than the device does at the same revision. A scope that
 * has moved on meanwhile is not compared.
 */
export async function differing(
	db: Db,
	accountId: Id,
	asked: Record<Scope, { revision: Revision; sum: number }>
): Promise<Scope[]> {
	const different: Scope[] = [];
	for (const [scope, { revision, sum }] of Object.entries(asked)) {
		if (!(await isMember(db, accountId, scope))) throw new ProblemError('not-found');
		const here = await sumOf(db, scope);
		if (here.revision === revision && here.sum !== sum) different.push(scope);
	}
	return different;
}

async function sumOf(db: Db, scope: Scope): Promise<{ revision: Revision; sum: number }> {
	const rows = await db.execute<{ head: string; kind: string | null; id: Id; v: number }>(sql`
		select scopes.revision as head, feed.kind, feed.id, feed.v from scopes
		left join feed on feed.scope = scopes.scope and feed.data is not null
		where scopes.scope = ${scope}`);
	let sum = 0;
	for (const { kind, id, v } of rows)
		if (kind !== null) sum = addHash(sum, rowHash({ kind, id, v }));
	return { revision: Number(rows[0]?.head ?? 0), sum };
}
