/**
 * Access tokens: JWTs signed with Ed25519, good for ten minutes. A token that was checked is
 * remembered, so that most requests cost one look-up in memory; it is checked against the
 * database again every half minute, and forgotten at once when its session ends on this node.
 */
import { SignJWT, errors, jwtVerify } from 'jose';
import type { Role } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import type { Keys } from './keys.ts';

/** Whoever a request acts for. */
export type Acting = {
	id: Id;
	role: Role;
	sessionId: Id;
	/** When the account was made: nobody acted before. */
	since: Date;
};

const lifetime = 600_000;
const trustFor = 30_000;
const remembered = 20_000;

type Checked = { acting: Acting; until: number };

export class Tokens {
	#keys: Keys;
	#issuer: string;
	#live: (sessionId: Id) => Promise<Acting | undefined>;
	#ended: (sessionId: Id) => void;
	#checked = new Map<string, Checked>();

	/**
	 * @param live answers who a session acts for, if it has not ended and its account may act.
	 * @param ended tells the other nodes, and the sockets, that a session has ended.
	 */
	constructor(
		keys: Keys,
		issuer: string,
		live: (sessionId: Id) => Promise<Acting | undefined>,
		ended: (sessionId: Id) => void
	) {
		this.#keys = keys;
		this.#issuer = issuer;
		this.#live = live;
		this.#ended = ended;
	}

	async make(
		acting: Acting,
		now = Date.now()
	): Promise<{ accessToken: string; expiresAt: string }> {
		const { kid, key } = this.#keys.current();
		const accessToken = await new SignJWT({ sid: acting.sessionId, role: acting.role })
			.setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
			.setSubject(acting.id)
			.setIssuer(this.#issuer)
			.setAudience(this.#issuer)
			.setIssuedAt(Math.floor(now / 1_000))
			.setExpirationTime(Math.floor((now + lifetime) / 1_000))
			.sign(key);
		return { accessToken, expiresAt: new Date(now + lifetime).toISOString() };
	}

	/** Who the token acts for; throws `token-expired`, `token-invalid` or `session-ended`. */
	async read(token: string): Promise<Acting> {
		const known = this.#checked.get(token);
		if (known && known.until > Date.now()) return known.acting;
		this.#checked.delete(token);
		return this.#check(token);
	}

	/** A session has ended: that counts from now on, everywhere. */
	end(sessionId: Id): void {
		this.forget(sessionId);
		this.#ended(sessionId);
	}

	/** Forgets what was checked for a session. */
	forget(sessionId: Id): void {
		for (const [token, { acting }] of this.#checked) {
			if (acting.sessionId === sessionId) this.#checked.delete(token);
		}
	}

	async #check(token: string) {
		const { sid, exp } = await this.#verify(token);
		const acting = await this.#live(sid);
		if (!acting) throw new ProblemError('session-ended');
		this.#remember(token, { acting, until: Math.min(Date.now() + trustFor, exp * 1_000) });
		return acting;
	}

	async #verify(token: string) {
		try {
			const { payload } = await jwtVerify<{ sid: Id }>(
				token,
				({ kid }) => {
					const key = this.#keys.publicKey(kid ?? '');
					if (!key) throw new errors.JWSInvalid('unknown key');
					return key;
				},
				{ algorithms: ['EdDSA'], issuer: this.#issuer, audience: this.#issuer, typ: 'at+jwt' }
			);
			return { sid: payload.sid, exp: payload.exp ?? 0 };
		} catch (error) {
			if (error instanceof errors.JWTExpired) throw new ProblemError('token-expired');
			if (error instanceof errors.JOSEError) throw new ProblemError('token-invalid');
			throw error;
		}
	}

	#remember(token: string, checked: Checked) {
		if (this.#checked.size >= remembered) {
			const [oldest] = this.#checked.keys();
			if (oldest !== undefined) this.#checked.delete(oldest);
		}
		this.#checked.set(token, checked);
	}
}
