import { Hono } from 'hono';
import { Instance, InstanceChange } from '#shared/accounts.ts';
import { protocol } from '#shared/protocol.ts';
import { hasAccounts } from '#server/accounts/queries.ts';
import { describe } from '#server/http/describe.ts';
import { may, signedIn, type Http } from '#server/http/session.ts';
import { valid } from '#server/http/valid.ts';
import type { Talas } from '#server/talas.ts';
import { changeInstance, instanceOf } from './queries.ts';

export const instanceRoutes = new Hono<Http>().get(
	'/',
	describe('What a stranger may know of this Talas', { 200: Instance }),
	async (c) => c.json(await describeInstance(c.var.talas), 200)
);

export const admin = new Hono<Http>().patch(
	'/instance',
	describe('Change how this Talas is run', { 200: Instance }),
	signedIn,
	may('change', { kind: 'instance' }),
	valid('json', InstanceChange),
	async (c) => {
		await changeInstance(c.var.talas.db, c.req.valid('json'));
		return c.json(await describeInstance(c.var.talas), 200);
	}
);

async function describeInstance({ db, mail }: Talas) {
	return {
		...(await instanceOf(db)),
		firstAccount: !(await hasAccounts(db)),
		mail: mail.leaves,
		protocol
	};
}
