import type { Role } from './accounts.ts';
import type { Id } from './id.ts';

/** Whoever acts: a signed-in person, or nobody. */
export type Person = { id: Id; role: Role } | null;

/** What can be acted upon. Each domain adds its own. */
export type Thing =
	{ kind: 'account'; id: Id } | { kind: 'instance' } | { kind: 'members' } | { kind: 'invites' };

export type Action = 'see' | 'change' | 'delete';

/**
 * Whether `person` may do `action` to `thing`. Everything asks here: HTTP, sockets, documents,
 * media, and the screens that hide a button. What is not allowed below is denied.
 */
export function can(person: Person, action: Action, thing: Thing): boolean {
	switch (thing.kind) {
		case 'account':
			return person !== null && person.id === thing.id;
		case 'instance':
			return action === 'see' || person?.role === 'admin';
		case 'members':
		case 'invites':
			return person?.role === 'admin';
	}
}
