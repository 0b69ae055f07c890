import type { Lock, Locker, RequestRelease } from '@tus/server';

type Holder = { giveUp: RequestRelease; ended: Promise<void>; end: () => void };

/**
 * One request at a time writes to an upload. Whoever comes next asks the one before to stop: most
 * often that is a connection which broke without the server having heard. (The locker that comes
 * with @tus/server turns the processor in circles while it waits.)
 */
export class Turns implements Locker {
	#holders = new Map<string, Holder>();

	newLock(id: string): Lock {
		let mine: Holder | undefined;
		return {
			lock: async (signal, giveUp) => {
				for (let other = this.#holders.get(id); other; other = this.#holders.get(id)) {
					await other.giveUp();
					await Promise.race([other.ended, aborted(signal)]);
				}
				mine = holder(giveUp);
				this.#holders.set(id, mine);
			},
			unlock: async () => {
				this.#holders.delete(id);
				mine?.end();
			}
		};
	}
}

function holder(giveUp: RequestRelease): Holder {
	const { promise, resolve } = Promise.withResolvers<void>();
	return { giveUp, ended: promise, end: resolve };
}

function aborted(signal: AbortSignal) {
	return new Promise<never>((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
