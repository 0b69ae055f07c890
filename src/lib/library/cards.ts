import type { Component } from 'svelte';

/** What a thing looks like in a list of anything: told by the domain that it is of. */
export type Card = {
	thing: string;
	name: string;
	about: string;
	/** Of which kind, in words, to filter and to group by. */
	kind: string;
	href: string | null;
	icon: Component<{ size?: number }>;
	tags: string[];
};

/** Finds the cards of things, as far as this device has them. To be read inside a live query. */
export type Cards = (things: string[]) => Promise<Map<string, Card>>;
