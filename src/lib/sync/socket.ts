/**
 * The live socket, as the device has it: what others do comes in here at once.
 *
 * It promises: nothing is only ever here (each connection begins with a pull); a server that is
 * silent for 45 seconds counts as gone; the token is renewed before it runs out, on the same socket;
 * pauses between attempts grow, with jitter, and end when the device wakes.
 */
import { z } from 'zod';
import { closeCodes, FeedRow, Revision, Scope } from '#shared/feed.ts';
import { Pauses } from './pauses.ts';
import type { Frame } from './pull.ts';
import type { Socket, World } from './world.ts';

/** Milliseconds. */
const longestSilence = 45_000;

const Message = z.discriminatedUnion('t', [
	z.object({ t: z.literal('ready') }),
	z.object({ t: z.literal('beat') }),
	z.object({ t: z.literal('pull') }),
	z.object({
		t: z.literal('feed'),
		scope: Scope,
		base: Revision,
		revision: Revision,
		rows: z.array(FeedRow)
	})
]);

export type Listener = { hear(frame: Frame): void; want(what: 'pull'): void };

export class LiveSocket {
	readonly #world: Pick<World, 'socket' | 'token' | 'random'>;
	readonly #listener: Listener;
	readonly #pauses: Pauses;
	#token: string | undefined;
	#refused: string | undefined;
	#silence: ReturnType<typeof setTimeout> | undefined;
	#woken = () => {};

	constructor(world: Pick<World, 'socket' | 'token' | 'random'>, listener: Listener) {
		this.#world = world;
		this.#listener = listener;
		this.#pauses = new Pauses(world);
	}

	/** Stays connected until `end`. */
	async run(end: AbortSignal): Promise<void> {
		end.addEventListener('abort', () => this.#woken());
		while (!end.aborted) {
			try {
				await this.#connect(end);
			} catch (error) {
				console.info('No live connection.', error);
			}
			this.#pauses.failed();
			if (!end.aborted) await this.#rest();
		}
	}

	/** Tries again now, if it is not connected. */
	wake(): void {
		this.#pauses.end();
		this.#woken();
	}

	async #connect(end: AbortSignal): Promise<void> {
		this.#token = await this.#world.token(this.#refused);
		if (end.aborted) return;
		const socket = this.#world.socket(this.#token);
		const close = () => socket.close();
		end.addEventListener('abort', close);
		const code = await new Promise<number>((closed) => {
			this.#await(socket, closed);
			socket.onmessage = ({ data }) => {
				this.#await(socket, closed);
				this.#hear(socket, data);
			};
			socket.onclose = (event) => closed(event.code);
		});
		end.removeEventListener('abort', close);
		clearTimeout(this.#silence);
		socket.onmessage = socket.onclose = null;
		const isOfToken = code === closeCodes.signIn || code === closeCodes.expired;
		this.#refused = isOfToken ? this.#token : undefined;
	}

	/** From now on the server has so long to say something. A dead socket may take minutes to close. */
	#await(socket: Socket, closed: (code: number) => void) {
		clearTimeout(this.#silence);
		this.#silence = setTimeout(() => {
			socket.close();
			closed(1006);
		}, longestSilence);
	}

	#hear(socket: Socket, data: unknown) {
		const message = messageIn(data);
		if (!message) return socket.close();
		if (message.t === 'feed') return this.#listener.hear(message);
		if (message.t === 'beat') return void this.#answer(socket);
		if (message.t === 'ready') this.#pauses.succeeded();
		this.#listener.want('pull');
	}

	async #answer(socket: Socket) {
		socket.send(JSON.stringify({ t: 'beat' }));
		try {
			const token = await this.#world.token();
			if (token === this.#token) return;
			this.#token = token;
			socket.send(JSON.stringify({ t: 'auth', token }));
		} catch (error) {
			console.info('The token of the live socket could not be renewed now.', error);
		}
	}

	async #rest() {
		await new Promise<void>((over) => {
			this.#woken = over;
			this.#pauses.then(over);
		});
		this.#woken = () => {};
	}
}

function messageIn(data: unknown) {
	try {
		return Message.safeParse(JSON.parse(String(data))).data;
	} catch (error) {
		console.info('A live message could not be read.', error);
		return undefined;
	}
}
