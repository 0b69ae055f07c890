/** How much one address or one account may ask for. Counters live in this process. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ProblemError, type ProblemCode } from '#shared/problem.ts';
import type { Http } from './session.ts';

const minute = 60;
const hour = 3_600;

export class Limits {
	#address: RateLimiterMemory;
	#account: RateLimiterMemory;
	/** Failed sign-ins to one name from one address, from one address, and to one name. */
	#signIn = {
		nameAndAddress: new RateLimiterMemory({ points: 10, duration: 15 * minute }),
		address: new RateLimiterMemory({ points: 100, duration: 15 * minute }),
		name: new RateLimiterMemory({ points: 100, duration: hour })
	};
	/** Answers that tell whether somebody is here. */
	#telling = new RateLimiterMemory({ points: 30, duration: hour });
	#letters = new RateLimiterMemory({ points: 5, duration: hour });

	constructor(perMinute: number) {
		this.#address = new RateLimiterMemory({ points: perMinute, duration: minute });
		this.#account = new RateLimiterMemory({ points: perMinute, duration: minute });
	}

	ofAddress(address: string): Promise<void> {
		return spend(this.#address, address, 'rate-limited');
	}

	ofAccount(id: string): Promise<void> {
		return spend(this.#account, id, 'rate-limited');
	}

	/** Counts an attempt as failed before it is tried, so that parallel guesses count too. */
	async beforeSignIn(name: string, address: string): Promise<void> {
		await spend(this.#signIn.nameAndAddress, `${name} ${address}`, 'too-many-attempts');
		await spend(this.#signIn.address, address, 'too-many-attempts');
		await spend(this.#signIn.name, name, 'too-many-attempts');
	}

	/** Gives back what `beforeSignIn` took: only failures count. */
	async afterSignIn(name: string, address: string): Promise<void> {
		await this.#signIn.nameAndAddress.delete(`${name} ${address}`);
		await this.#signIn.address.reward(address);
		await this.#signIn.name.reward(name);
	}

	/** An answer is about to tell `address` that an account exists. */
	beforeTelling(address: string): Promise<void> {
		return spend(this.#telling, address, 'too-many-attempts');
	}

	/** Whether one more letter may go to this address; the answer to the person is the same. */
	async mayWrite(email: string): Promise<boolean> {
		return this.#letters.consume(email).then(
			() => true,
			(reason) => {
				if (reason instanceof RateLimiterRes) return false;
				throw reason;
			}
		);
	}
}

async function spend(limiter: RateLimiterMemory, key: string, code: ProblemCode) {
	try {
		await limiter.consume(key);
	} catch (reason) {
		if (!(reason instanceof RateLimiterRes)) throw reason;
		throw new ProblemError(code, { retryAfter: Math.max(1, reason.msBeforeNext / 1_000) });
	}
}

/** Everything under `/api`: each address has its share. */
export const limited = createMiddleware<Http>(async (c, next) => {
	await c.get('talas').limits.ofAddress(addressOf(c));
	return next();
});

/** Where a request comes from; a whole /64 counts as one for IPv6, since one home has as many. */
export function addressOf<E extends Http>(c: Context<E>): string {
	const forwarded = c.get('talas').env.trustProxy && c.req.header('x-forwarded-for');
	const address = forwarded
		? forwarded.slice(forwarded.lastIndexOf(',') + 1).trim()
		: (c.env?.incoming?.socket.remoteAddress ?? 'none');
	const v4 = address.startsWith('::ffff:') ? address.slice(7) : address;
	return v4.includes(':') ? v4.split(':').slice(0, 4).join(':') : v4;
}
