/**
 * The keys of this Talas: Ed25519 pairs that sign access tokens, and one secret for HMACs.
 * They are made at the first start in `data/keys.json` (mode 600), or given to all nodes by `KEYS`.
 * A new pair is made every 30 days; the one before stays published for a day, which is far longer
 * than any token it signed.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { z } from 'zod';
import type { Env } from '#server/env.ts';
import { newId } from '#shared/id.ts';

const day = 86_400_000;
const rotateAfter = 30 * day;
const publishFor = day;

const Stored = z.object({
	secret: z.string().min(32),
	keys: z
		.array(z.object({ kid: z.string(), createdAt: z.number(), jwk: z.record(z.string(), z.any()) }))
		.min(1)
});
type Stored = z.infer<typeof Stored>;

export type Keys = {
	/** The pair that signs now. */
	current: () => { kid: string; key: CryptoKey };
	/** The public key by its id, or nothing when it is not ours. */
	publicKey: (kid: string) => CryptoKey | undefined;
	/** For `/.well-known/jwks.json`. */
	jwks: () => { keys: JWK[] };
	/** HMAC-SHA-256 in base64url; `purpose` keeps one use from passing for another. */
	hmac: (purpose: string, text: string) => string;
	/** Makes a new pair if it is time. */
	rotate: (now?: number) => Promise<void>;
	close: () => void;
};

export async function openKeys(env: Pick<Env, 'keys' | 'dataDir'>): Promise<Keys> {
	const path = join(env.dataDir, 'keys.json');
	let stored = env.keys ? Stored.parse(JSON.parse(env.keys)) : await readStored(path);
	let pairs = await importAll(stored);

	async function rotate(now = Date.now()) {
		const next = await rotated(stored, now);
		if (env.keys || next === stored) return;
		await store(path, next);
		stored = next;
		pairs = await importAll(next);
	}

	await rotate();
	const timer = setInterval(rotate, day / 4).unref();
	return {
		current: () => {
			const pair = pairs.at(-1);
			if (!pair) throw new Error('There is no signing key.');
			return { kid: pair.kid, key: pair.privateKey };
		},
		publicKey: (kid) => pairs.find((pair) => pair.kid === kid)?.publicKey,
		jwks: () => ({ keys: pairs.map((pair) => pair.publicJwk) }),
		hmac: (purpose, text) =>
			createHmac('sha256', stored.secret).update(`${purpose}\0${text}`).digest('base64url'),
		rotate,
		close: () => clearInterval(timer)
	};
}

async function readStored(path: string): Promise<Stored> {
	const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	});
	if (text !== undefined) return Stored.parse(JSON.parse(text));
	const first = {
		secret: randomBytes(48).toString('base64url'),
		keys: [await newPair(Date.now())]
	};
	await store(path, first);
	return first;
}

/** Whole or not at all: a kill in the middle leaves the file as it was. */
async function store(path: string, keys: Stored) {
	await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
	const draft = `${path}.${process.pid}`;
	await writeFile(draft, JSON.stringify(keys), { mode: 0o600, flush: true });
	await rename(draft, path);
}

async function rotated(stored: Stored, now: number): Promise<Stored> {
	const newest = stored.keys.at(-1);
	if (newest && now - newest.createdAt < rotateAfter) return stored;
	const kept = stored.keys.filter((_, i) => {
		const successor = stored.keys[i + 1];
		return !successor || now - successor.createdAt < publishFor;
	});
	return { ...stored, keys: [...kept, await newPair(now)] };
}

async function newPair(now: number): Promise<Stored['keys'][number]> {
	const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
	return { kid: newId(now), createdAt: now, jwk: await exportJWK(privateKey) };
}

async function importAll(stored: Stored) {
	return Promise.all(
		stored.keys.map(async ({ kid, jwk }) => {
			const { d: _, ...open } = jwk;
			const publicJwk: JWK = { ...open, kid, alg: 'EdDSA', use: 'sig' };
			return {
				kid,
				publicJwk,
				privateKey: (await importJWK(jwk, 'EdDSA')) as CryptoKey,
				publicKey: (await importJWK(publicJwk, 'EdDSA')) as CryptoKey
			};
		})
	);
}
