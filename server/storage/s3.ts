/**
 * Bytes in an S3 bucket (Garage, MinIO, Ceph, AWS…), by requests signed with `aws4fetch`. The server
 * there is told each SHA-256 and refuses bytes that came over wrong.
 */
import { openAsBlob } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { AwsClient } from 'aws4fetch';
import type { S3Settings } from '#server/env.ts';
import { placeOf } from './place.ts';
import {
	Missing,
	isSha256,
	mustBeSha256,
	type Opened,
	type Sha256,
	type Storage
} from './storage.ts';

export async function openS3(settings: S3Settings): Promise<Storage> {
	const bucket = new Bucket(settings);
	return {
		kind: 's3',
		take: (path, sha256) => bucket.take(path, sha256),
		open: (sha256) => bucket.open(sha256),
		size: (sha256) => bucket.size(sha256),
		remove: async (sha256) => {
			const answer = await bucket.ask('DELETE', placeOf(mustBeSha256(sha256)));
			if (answer.status !== 404) await mustBeOk(answer);
		},
		list: () => bucket.list(),
		path: undefined,
		close: async () => {}
	};
}

class Bucket {
	#client: AwsClient;
	#root: string;

	constructor({ endpoint, bucket, region, accessKey, secretKey }: S3Settings) {
		const keys = { accessKeyId: accessKey, secretAccessKey: secretKey };
		this.#client = new AwsClient({ ...keys, region, service: 's3', retries: 3 });
		this.#root = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
	}

	ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
		return this.#client.fetch(`${this.#root}/${path}`, { method, ...init });
	}

	async take(path: string, sha256: Sha256): Promise<void> {
		if ((await this.size(sha256)) !== (await stat(path)).size) {
			const body = await openAsBlob(path);
			const headers = { 'x-amz-content-sha256': mustBeSha256(sha256) };
			await mustBeOk(await this.ask('PUT', placeOf(sha256), { body, headers }));
		}
		await rm(path, { force: true });
	}

	async size(sha256: Sha256): Promise<number | undefined> {
		const answer = await this.ask('HEAD', placeOf(mustBeSha256(sha256)));
		if (answer.status === 404) return undefined;
		await mustBeOk(answer);
		return Number(answer.headers.get('content-length'));
	}

	async open(sha256: Sha256): Promise<Opened> {
		const size = await this.size(sha256);
		if (size === undefined) throw new Missing(sha256);
		const read = (position: number, length: number) => this.#read(sha256, position, length, size);
		return { sha256, size, read, close: async () => {} };
	}

	async #read(sha256: Sha256, position: number, length: number, size: number) {
		const end = Math.min(position + length, size);
		if (position >= end) return Buffer.alloc(0);
		const headers = { range: `bytes=${position}-${end - 1}` };
		const answer = await this.ask('GET', placeOf(sha256), { headers });
		if (answer.status === 404) throw new Missing(sha256);
		await mustBeOk(answer);
		const bytes = Buffer.from(await answer.arrayBuffer());
		if (bytes.length !== end - position) throw new Error('S3 answered another range than asked.');
		return bytes;
	}

	/** ListObjectsV2, page by page. */
	async *list(): AsyncGenerator<Sha256> {
		let token: string | undefined;
		do {
			const asked = new URLSearchParams({ 'list-type': '2', 'max-keys': '1000' });
			if (token) asked.set('continuation-token', token);
			const answer = await this.ask('GET', `?${asked}`);
			await mustBeOk(answer, false);
			const page = await answer.text();
			for (const [, key = ''] of page.matchAll(/<Key>([^<]*)<\/Key>/g)) {
				const name = key.slice(key.lastIndexOf('/') + 1);
				if (isSha256(name)) yield name;
			}
			token = decoded(/<NextContinuationToken>([^<]*)</.exec(page)?.[1]);
		} while (token);
	}
}

/** Texts in XML: the five entities. */
function decoded(text: string | undefined) {
	const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
	return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? '');
}

async function mustBeOk(answer: Response, spent = true) {
	if (!answer.ok) {
		const said = (await answer.text()).slice(0, 500);
		throw new Error(`S3 answered ${answer.status}: ${said}`);
	}
	// A body that nobody reads keeps its connection.
	if (spent && answer.status !== 206) await answer.body?.cancel();
}
