import { describe, expect, test } from 'vitest';
import { roles } from './accounts.ts';
import { newId } from './id.ts';
import { can, type Action, type Thing } from './policy.ts';
import { visibilities } from './products.ts';

const actions: Action[] = ['see', 'change', 'delete'];

const truths = [
	[false, false],
	[false, true],
	[true, false],
	[true, true]
] as const;

function product(more: Partial<Extract<Thing, { kind: 'product' }>>): Thing {
	return {
		kind: 'product',
		ownerId: newId(),
		visibility: 'private',
		trashed: false,
		member: false,
		...more
	};
}

describe('who may do what', () => {
	test('a stranger may see the instance and nothing else', () => {
		const things: Thing[] = [
			{ kind: 'account', id: newId() },
			{ kind: 'instance' },
			{ kind: 'members' },
			{ kind: 'invites' },
			{ kind: 'library', ownerId: newId() },
			{ kind: 'file', ownerId: newId() },
			product({ visibility: 'private' }),
			product({ visibility: 'shared' }),
			product({ visibility: 'public', trashed: true })
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

	test('a product is changed by its owner alone, whatever others are', () => {
		for (const role of roles) {
			const [owner, other] = [newId(), newId()];
			for (const visibility of visibilities) {
				for (const [trashed, member] of truths) {
					const thing = product({ ownerId: owner, visibility, trashed, member });
					for (const action of actions) {
						expect(can({ id: owner, role }, action, thing)).toBe(true);
						if (action !== 'see') expect(can({ id: other, role }, action, thing)).toBe(false);
					}
				}
			}
		}
	});

	test('others see a product if it is public, or shared with them; never in the trash', () => {
		for (const person of [null, ...roles.map((role) => ({ id: newId(), role }))]) {
			for (const visibility of visibilities) {
				for (const [trashed, member] of truths) {
					const shown = visibility === 'public' || (visibility === 'shared' && member);
					const thing = product({ visibility, trashed, member });
					expect(can(person, 'see', thing)).toBe(shown && !trashed);
				}
			}
		}
	});

	test('a library belongs to its person, and to no admin', () => {
		const owner = { id: newId(), role: 'user' as const };
		for (const action of actions) {
			const thing = { kind: 'library', ownerId: owner.id } as const;
			expect(can(owner, action, thing)).toBe(true);
			expect(can({ id: newId(), role: 'admin' }, action, thing)).toBe(false);
		}
	});
});
