/**
 * Whatever people do and whatever befalls them, in the end all agree and nothing is lost or doubled.
 * `TALAS_RUNS` plays more; `TALAS_SEED` and `TALAS_PATH` play one again, as a failure prints them.
 */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handlers } from '#server/domains.ts';
import { twins } from '../../src/lib/domains.ts';
import { kinds } from '../support/database.ts';
import { moves } from './moves.ts';
import { plays, Theatre } from './play.ts';
import { openStage, type Stage } from './stage.ts';

test('every mutation of every domain has its move', () => {
	const played = new Set(moves.map(({ mutation }) => mutation.name));
	const all = [...twins, ...handlers].map(({ mutation }) => mutation.name);
	expect(all.filter((name) => !played.has(name))).toEqual([]);
});

const { TALAS_RUNS, TALAS_SEED, TALAS_PATH } = process.env;
const runs = { embedded: 500, postgres: 100 };

describe.each(kinds)('random plays (%s)', (kind) => {
	let stage: Stage;
	beforeAll(async () => {
		stage = await openStage(kind);
	});
	afterAll(() => stage.close());

	test('all devices and the server agree in the end', { timeout: 3_600_000 }, async () => {
		const seed = Number(TALAS_SEED ?? Date.now() % 2 ** 31);
		const numRuns = Number(TALAS_RUNS ?? runs[kind]);
		console.log(`${numRuns} plays on ${kind}, seed ${seed}`);
		const property = fc.asyncProperty(plays, (play) => Theatre.play(stage, play));
		await fc.assert(property, { seed, numRuns, ...(TALAS_PATH && { path: TALAS_PATH }) });
	});
});
