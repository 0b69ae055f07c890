import { buildNow } from './builds.ts';

/** Once, before any journey: all of them serve one build, whatever is built beside them. */
export default async function beforeJourneys(): Promise<void> {
	process.env.TALAS_BUILD = await buildNow();
}
