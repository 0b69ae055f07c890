import { describe, expect, test } from 'vitest';
import { roles } from './accounts.ts';
import { newId } from './id.ts';
import { can, type Action, type Thing } from './policy.ts';

const actions: Action[] = ['see', 'change', 'delete'];

describe('who may do what', () => {
	test('a stranger may see the instance and nothing else', () => {
		const things: Thing[] = [
			{ kind: 'account', id: newId() },
			{ kind: 'instance' },
			{ kind: 'members' },
			{ kind: 'invites' }
		];
		const allowed = things.flatMap((thing) =>
			actions.filter((action) => can(null, action, thing)).map((action) => [thing.kind, action])
		);
		expect(allowed).toEqual([['instance', 'see']]);
	});

	test('only admins run the instance', () => {
		for (const role of roles) {
			const person = { id: newId(), role };
			for (const kind of ['members', 'invites'] as const) {
				for (const action of actions) {
					expect(can(person, action, { kind })).toBe(role === 'admin');
				}
			}
			expect(can(person, 'change', { kind: 'instance' })).toBe(role === 'admin');
		}
	});

	test('an account belongs to its person, and to no admin', () => {
		const owner = { id: newId(), role: 'user' as const };
		const admin = { id: newId(), role: 'admin' as const };
		for (const action of actions) {
			expect(can(owner, action, { kind: 'account', id: owner.id })).toBe(true);
			expect(can(admin, action, { kind: 'account', id: owner.id })).toBe(false);
		}
	});
});
