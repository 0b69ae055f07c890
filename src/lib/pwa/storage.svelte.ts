/** Room on this device, in bytes, and whether the browser may clear it when it needs space. */
class Storage {
	#used = $state(0);
	#quota = $state(0);
	#persisted = $state(false);
	#lost = $state(false);

	get used() {
		return this.#used;
	}

	get quota() {
		return this.#quota;
	}

	/** Whether the browser has promised to keep what Talas stores. */
	get persisted() {
		return this.#persisted;
	}

	/** Whether the browser tells and promises at all: not over plain HTTP on a LAN. */
	get supported() {
		return typeof navigator !== 'undefined' && navigator.storage?.persist !== undefined;
	}

	/** Whether the browser has removed what this device kept: it is fetched from the server again. */
	get lost() {
		return this.#lost;
	}

	/** Reads the figures anew. */
	async measure(): Promise<void> {
		if (!this.supported) return;
		const { usage, quota } = await navigator.storage.estimate();
		this.#used = usage ?? 0;
		this.#quota = quota ?? 0;
		this.#persisted = await navigator.storage.persisted();
	}

	/** Asks for that promise. Call it where a person understands why: the browser may ask them. */
	async persist(): Promise<boolean> {
		if (!this.supported) return false;
		this.#persisted = await navigator.storage.persist();
		await this.measure();
		return this.#persisted;
	}

	reportLoss(): void {
		this.#lost = true;
	}
}

export const storage = new Storage();
