/**
 * What people may do in a random play: one move a mutation, with arguments drawn from what their
 * device shows them. Every mutation of every domain has its move.
 */
import { userScope, type Scope } from '#shared/feed.ts';
import { newId, type Id } from '#shared/id.ts';
import type { Mutation } from '#shared/mutation.ts';
import type { Device } from './device.ts';
import { themes as domainThemes } from './domain-moves.ts';
import * as notes from './notes.ts';

/** What a move is drawn with. */
export type Hand = {
	device: Device;
	/** Rooms that there are. */
	rooms: Scope[];
	/** A number from 0 to `below`, without it. */
	draw(below: number): number;
	/** A record that the device shows, or one that is nowhere. */
	some(kind: string): Promise<Id>;
};

export type Move = { mutation: Mutation; args: (hand: Hand) => unknown };

const places = ['desk', 'shelf', 'bin'];
const place = ({ draw }: Hand) => places[draw(3)];
const room = ({ rooms, draw }: Hand) => rooms[draw(rooms.length)];
const scope = (hand: Hand) =>
	hand.draw(2) === 0 ? userScope(hand.device.me.id) : (room(hand) ?? userScope(newId()));
const note = async (hand: Hand) => ({ id: await hand.some('notes') });

const ofNotes: Move[] = [
	{
		mutation: notes.writeNote,
		args: (hand) => ({ id: newId(), scope: scope(hand), body: `note ${hand.draw(9)}` })
	},
	{
		mutation: notes.changeNote,
		args: async (hand) => ({ ...(await note(hand)), body: `changed ${hand.draw(9)}` })
	},
	{ mutation: notes.editNote, args: note },
	{
		mutation: notes.placeNote,
		args: async (hand) => ({ ...(await note(hand)), place: place(hand) })
	},
	{ mutation: notes.dropNote, args: note },
	{ mutation: notes.tidy, args: (hand) => ({ from: place(hand), to: place(hand) }) },
	{
		mutation: notes.moveNote,
		args: async (hand) => ({ ...(await note(hand)), scope: scope(hand) })
	},
	{ mutation: notes.dream, args: () => ({ id: newId() }) },
	{ mutation: notes.breakNote, args: note },
	{ mutation: notes.joinRoom, args: (hand) => ({ scope: room(hand) }) },
	{ mutation: notes.leaveRoom, args: (hand) => ({ scope: room(hand) }) }
];

const only = (...mutations: Mutation[]) =>
	ofNotes.filter(({ mutation }) => mutations.includes(mutation));
const tidying = only(notes.writeNote, notes.tidy, notes.placeNote, notes.editNote, notes.dropNote);
const moving = only(
	notes.writeNote,
	notes.moveNote,
	notes.editNote,
	notes.leaveRoom,
	notes.joinRoom
);

/** What a play may be about: moves that meet on the same things. */
export const themes: Move[][] = [ofNotes, tidying, moving, ...domainThemes];

export const moves: Move[] = [...new Set(themes.flat())];
