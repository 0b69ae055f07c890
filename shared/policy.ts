import type { Role } from './accounts.ts';
import type { Id } from './id.ts';
import type { Visibility } from './products.ts';

/** Whoever acts: a signed-in person, or nobody. */
export type Person = { id: Id; role: Role } | null;

/** What can be acted upon. Each domain adds its own. */
export type Thing =
	| { kind: 'account'; id: Id }
	| { kind: 'instance' }
	| { kind: 'members' }
	| { kind: 'invites' }
	| ProductThing
	| { kind: 'file'; ownerId: Id }
	/** Favourites, collections, tags, bookmarks and conflicts of one person. */
	| { kind: 'library'; ownerId: Id };

/** `member`: whether the person who acts has a membership of its scope. */
export type ProductThing = {
	kind: 'product';
	ownerId: Id;
	visibility: Visibility;
	trashed: boolean;
	member: boolean;
};

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
		case 'product':
			return owns(person, thing) || (action === 'see' && isShown(thing));
		case 'file':
		case 'library':
			return owns(person, thing);
	}
}

function owns(person: Person, { ownerId }: { ownerId: Id }) {
	return person !== null && person.id === ownerId;
}

/** To people who do not own it. */
function isShown({ visibility, trashed, member }: ProductThing) {
	return !trashed && (visibility === 'public' || (visibility === 'shared' && member));
}
