/** How much goes into one request. Without a database, so that the service worker has it too. */
import { mostMutations } from '#shared/feed.ts';
import type { Queued } from '#shared/mutation.ts';

/** Bytes of mutations in one request. */
const mostBytes = 200_000;

/** The first of `oldest` that go into one request: one at least. */
export function fitting<T extends Queued>(oldest: T[], most = mostMutations): T[] {
	const some = oldest.slice(0, most);
	let room = mostBytes;
	const full = some.findIndex((each) => (room -= sizeOf(each)) < 0);
	return full < 0 ? some : some.slice(0, Math.max(1, full));
}

/** A mutation as it travels. */
export function queued({ n, id, name, args, at }: Queued): Queued {
	return { n, id, name, args, at };
}

function sizeOf(each: Queued) {
	return new TextEncoder().encode(JSON.stringify(queued(each))).length;
}
