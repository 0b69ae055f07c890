import { z } from 'zod';
import { Id, Time } from './id.ts';
import { mutation } from './mutation.ts';

/**
 * Two changes of one field that did not know of each other. The later one is in the record, the other
 * one is kept here for the person whose record it is, until they take it or let it go.
 */
export const Conflict = z.object({
	id: Id,
	kind: z.string().describe('The kind of the record'),
	recordId: Id,
	field: z.string().describe('A path: `model`, `details.hp`'),
	kept: z.unknown().describe('What the record says'),
	lost: z.unknown().describe('What it does not say any more'),
	whose: Id.describe('Who had written what was lost'),
	at: Time.describe('When the lost change was made')
});
export type Conflict = z.infer<typeof Conflict>;

/** Lets the lost value go. Whoever wants it back changes the field first. */
export const dismissConflict = mutation(
	'conflicts.dismissConflict',
	Conflict.pick({ id: true }).strict()
);

/** Fields by path, as a change of several of them travels and is compared. */
export type Fields = Record<string, unknown>;

/**
 * Takes the groups of fields apart, so that each field is changed alone:
 * `{ details: { hp: 8 } }` → `{ 'details.hp': 8 }`.
 */
export function flatten(fields: Fields, groups: readonly string[]): Fields {
	return Object.fromEntries(
		Object.entries(fields).flatMap(([name, value]) =>
			groups.includes(name) && typeof value === 'object' && value !== null
				? Object.entries(value).map(([key, each]): [string, unknown] => [`${name}.${key}`, each])
				: [[name, value]]
		)
	);
}

/** Puts changed fields into a record; a field of a group that is now null leaves it. */
export function withChange<T extends Fields>(
	record: T,
	change: Fields,
	dropping: string[] = []
): T {
	const changed: Fields = { ...record };
	for (const [path, value] of Object.entries(change)) {
		const [name = '', key] = path.split('.');
		if (key === undefined) changed[name] = value;
		else changed[name] = grouped(changed[name], key, value, dropping.includes(name));
	}
	return changed as T;
}

function grouped(group: unknown, key: string, value: unknown, dropping: boolean): Fields {
	const { [key]: _, ...others } = (group ?? {}) as Fields;
	return dropping && value === null ? others : { ...others, [key]: value };
}
