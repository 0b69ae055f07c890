/**
 * The open account as this device keeps it: its database, and the profile in it, followed from
 * whichever tab changes it.
 */
import type { Account } from '#shared/accounts.ts';
import type { Id } from '#shared/id.ts';
import type { Local, LocalEvents } from '../db/local.ts';

export class Kept {
	readonly local: Local;
	/** The person as the device knew them when the account was opened. */
	readonly profile: Account | undefined;
	readonly #unwatch: () => void;

	private constructor(local: Local, profile: Account | undefined, unwatch: () => void) {
		this.local = local;
		this.profile = profile;
		this.#unwatch = unwatch;
	}

	/** Opens what is kept of `userId`, making it if need be. `fresh`: the profile, just answered. */
	static async open(
		userId: Id,
		events: LocalEvents & { changed(profile: Account): void },
		fresh?: Account
	): Promise<Kept> {
		const { openLocal, setting, watch } = await import('../db/local.ts');
		const local = await openLocal(userId, events);
		if (fresh) await local.settings.put({ key: 'profile', value: fresh });
		const read = () => setting<Account>(local, 'profile');
		const profile = await read();
		const unwatch = watch(read, (changed) => changed && events.changed(changed));
		return new Kept(local, profile, unwatch);
	}

	async keep(profile: Account): Promise<void> {
		await this.local.settings.put({ key: 'profile', value: profile });
	}

	/** How many changes only this device has, refused ones included. */
	async unsent(): Promise<number> {
		return (await this.#unsent()).length;
	}

	/** Those changes as a file that a person can keep: JSON, readable without Talas. */
	async exportUnsent(handle: string | undefined): Promise<Blob> {
		const changes = await this.#unsent();
		const content = { talas: 'unsent', account: handle, changes };
		return new Blob([JSON.stringify(content, null, '\t')], { type: 'application/json' });
	}

	async #unsent() {
		const { unsentIn } = await import('../db/local.ts');
		return unsentIn(this.local);
	}

	close(): void {
		this.#unwatch();
		this.local.close();
	}
}
