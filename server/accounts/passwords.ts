import { hash, verify } from '@node-rs/bcrypt';

const cost = 12;

/** What a password is compared with when there is no account: the answer takes as long. */
const nobody = hash('nobody has this password', { cost });

export function hashPassword(password: string): Promise<string> {
	return hash(password, { cost });
}

/** Whether it is the password; `hash` is undefined where no account was found. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
	const right = await verify(password, hash ?? (await nobody));
	return right && hash !== undefined;
}

/** The cost stands in the hash, after `$2b$`. */
export function isOutdated(hash: string): boolean {
	return Number(hash.split('$')[2]) !== cost;
}
