/** What a list of marks is before it has been read. */
export const noIds: ReadonlySet<string> = new Set();

/** A set to look things up in, which nobody changes. */
export function setOf<T>(items: Iterable<T>): ReadonlySet<T> {
	return new Set(items);
}

/** The same for what belongs to each. */
export function mapOf<K, V>(entries: Iterable<readonly [K, V]> = []): ReadonlyMap<K, V> {
	return new Map(entries);
}
