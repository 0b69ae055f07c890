import { eq } from 'drizzle-orm';
import type { Id } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { instanceOf } from '#server/admin/queries.ts';
import type { Talas } from '#server/talas.ts';
import { emailChangedLetter, resetLetter, verificationLetter } from './letters.ts';
import { makeLink, takeLink } from './links.ts';
import { accountByEmail, accountOf } from './queries.ts';
import { withTakenNames } from './registration.ts';
import { accounts } from './tables.ts';

/**
 * Writes to an address, so that its owner can prove it. An address that belongs to somebody else
 * gets no letter, and whoever asked hears nothing of it.
 */
export async function sendVerification(
	talas: Talas,
	{ id, email }: { id: Id; email: string }
): Promise<void> {
	const owner = await accountByEmail(talas.db, email);
	if (owner && owner.id !== id) return;
	if (!(await talas.limits.mayWrite(email))) return;
	const { url } = await makeLink(talas.db, talas.env.publicUrl, { id, email }, 'verify-email');
	await talas.mail.send(verificationLetter(email, await nameOf(talas), url));
}

/** Writes a link to choose a new password, if the address has an account. */
export async function sendResetLink(talas: Talas, email: string): Promise<void> {
	const account = await accountByEmail(talas.db, email);
	if (!account || !(await talas.limits.mayWrite(email))) return;
	const { url } = await makeLink(talas.db, talas.env.publicUrl, account, 'reset-password');
	await talas.mail.send(resetLetter(email, await nameOf(talas), url));
}

/** Takes the address that a link proves; an address that is left hears of it. */
export async function proveEmail(talas: Talas, token: string): Promise<void> {
	const { before, after } = await withTakenNames(() =>
		talas.db.transaction(async (tx) => {
			const link = await takeLink(tx, token, 'verify-email');
			if (!link) throw new ProblemError('link-invalid');
			const account = await accountOf(tx, link.accountId);
			await tx
				.update(accounts)
				.set({ email: link.email, emailVerifiedAt: new Date() })
				.where(eq(accounts.id, account.id));
			return { before: account.email, after: link.email };
		})
	);
	if (before === after) return;
	const letter = emailChangedLetter(before, await nameOf(talas));
	talas.later('a letter to the address that was left', () => talas.mail.send(letter));
}

async function nameOf(talas: Talas) {
	return (await instanceOf(talas.db)).name;
}
