import { and, eq } from 'drizzle-orm';
import { Hono } from 'hono';
import { AccountState, Invite, Link, Member } from '#shared/accounts.ts';
import { IdParam } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { PageQuery, pageOf } from '#shared/protocol.ts';
import { instanceOf } from '#server/admin/queries.ts';
import { describe } from '#server/http/describe.ts';
import { afterOf, pageFrom } from '#server/http/page.ts';
import { may, signedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import { invitesAfter, makeInvite, revokeInvite } from './invites.ts';
import { approvalLetter } from './letters.ts';
import { makeLink } from './links.ts';
import { membersAfter } from './queries.ts';
import { accounts } from './tables.ts';

const MembersQuery = PageQuery.extend({ state: AccountState.optional() });

/** How admins let people in, and help them back in. */
export const doorkeeping = new Hono<Http>()
	.get(
		'/members',
		describe('The members', { 200: pageOf(Member) }),
		signedIn,
		may('see', { kind: 'members' }),
		valid('query', MembersQuery),
		async (c) => {
			const query = c.req.valid('query');
			const rows = await membersAfter(c.var.talas.db, query.limit + 1, {
				state: query.state,
				after: afterOf(query)
			});
			return c.json(pageFrom(rows, query.limit), 200);
		}
	)
	.post(
		'/members/:id/approve',
		describe('Let somebody in who waits', { 204: null }),
		signedIn,
		may('change', { kind: 'members' }),
		valid('param', IdParam),
		async (c) => {
			const { talas } = c.var;
			const [member] = await talas.db
				.update(accounts)
				.set({ state: 'active' })
				.where(and(eq(accounts.id, c.req.valid('param').id), eq(accounts.state, 'waiting')))
				.returning({ email: accounts.email });
			if (!member) throw new ProblemError('not-found');
			const { name } = await instanceOf(talas.db);
			talas.later('an approval letter', () =>
				talas.mail.send(approvalLetter(member.email, name, talas.env.publicUrl))
			);
			return c.body(null, 204);
		}
	)
	.post(
		'/members/:id/refuse',
		describe('Turn somebody away who waits: the account is removed', { 204: null }),
		signedIn,
		may('change', { kind: 'members' }),
		valid('param', IdParam),
		async (c) => {
			const gone = await c.var.talas.db
				.delete(accounts)
				.where(and(eq(accounts.id, c.req.valid('param').id), eq(accounts.state, 'waiting')))
				.returning({ id: accounts.id });
			if (gone.length === 0) throw new ProblemError('not-found');
			return c.body(null, 204);
		}
	)
	.post(
		'/members/:id/reset-link',
		describe('Make a link by which a member chooses a new password', { 200: Link }),
		signedIn,
		may('change', { kind: 'members' }),
		valid('param', IdParam),
		async (c) => {
			const { db, env } = c.var.talas;
			const { id } = c.req.valid('param');
			const [member] = await db.select().from(accounts).where(eq(accounts.id, id));
			if (!member) throw new ProblemError('not-found');
			return c.json(await makeLink(db, env.publicUrl, member, 'reset-password'), 200);
		}
	)
	.get(
		'/invites',
		describe('The invitations', { 200: pageOf(Invite) }),
		signedIn,
		may('see', { kind: 'invites' }),
		valid('query', PageQuery),
		async (c) => {
			const query = c.req.valid('query');
			const rows = await invitesAfter(c.var.talas.db, query.limit + 1, afterOf(query));
			return c.json(pageFrom(rows, query.limit), 200);
		}
	)
	.post(
		'/invites',
		describe('Make an invitation for one person', { 201: Link }),
		signedIn,
		may('change', { kind: 'invites' }),
		async (c) => {
			const { db, env } = c.var.talas;
			return c.json(await makeInvite(db, env.publicUrl, c.var.me.id), 201);
		}
	)
	.delete(
		'/invites/:id',
		describe('Take an invitation back', { 204: null }),
		signedIn,
		may('delete', { kind: 'invites' }),
		valid('param', IdParam),
		async (c) => {
			const gone = await revokeInvite(c.var.talas.db, c.req.valid('param').id);
			if (!gone) throw new ProblemError('not-found');
			return c.body(null, 204);
		}
	);
