/** A real S3 server of our own, on a free loopback port, with one empty bucket. */
import S3rver from 's3rver';
import type { S3Settings } from '#server/env.ts';
import { temporaryFolder } from './temporary.ts';

export type RunningS3 = { settings: S3Settings; close: () => Promise<void> };

export async function startS3(): Promise<RunningS3> {
	const folder = await temporaryFolder();
	const server = new S3rver({
		address: '127.0.0.1',
		port: 0,
		silent: true,
		directory: folder.path,
		configureBuckets: [{ name: 'talas', configs: [] }]
	});
	const { port } = await server.run();
	return {
		settings: {
			endpoint: `http://127.0.0.1:${port}`,
			bucket: 'talas',
			region: 'us-east-1',
			accessKey: 'S3RVER',
			secretKey: 'S3RVER'
		},
		close: async () => {
			await server.close();
			await folder.close();
		}
	};
}
