import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The only reader of `process.env`. Every setting has a default: see the README for words on each. */
const Environment = z.object({
	PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
	HOST: z.string().default('localhost'),
	DATA_DIR: z.string().default('data'),
	BUILD_DIR: z.string().optional(),
	PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
	DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
	DATABASE_CONNECTIONS: z.coerce.number().int().min(1).max(200).default(10),
	SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
	MAIL_FROM: z.string().default('Talas <talas@localhost>'),
	KEYS: z.string().optional(),
	TRUST_PROXY: z.stringbool().default(false),
	RATE_LIMIT: z.coerce.number().int().min(1).default(6_000),
	S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
	S3_BUCKET: z.string().default('talas'),
	S3_REGION: z.string().default('us-east-1'),
	S3_ACCESS_KEY: z.string().default(''),
	S3_SECRET_KEY: z.string().default(''),
	QUOTA_GB: z.coerce.number().min(0).default(20),
	ACCEL_REDIRECT: z.string().startsWith('/').optional(),
	METRICS_TOKEN: z.string().optional(),
	LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info')
});

/** An S3 bucket and the keys to it. */
export type S3Settings = {
	endpoint: string;
	bucket: string;
	region: string;
	accessKey: string;
	secretKey: string;
};

export type Env = {
	port: number;
	host: string;
	/** Absolute path. */
	dataDir: string;
	/** Absolute path: the built app. */
	buildDir: string;
	/** Where people reach this Talas, without a slash at the end. */
	publicUrl: string;
	databaseUrl: string | undefined;
	databaseConnections: number;
	smtpUrl: string | undefined;
	mailFrom: string;
	/** The signing keys as JSON, for several nodes; else they are made in `dataDir`. */
	keys: string | undefined;
	/** Whether `X-Forwarded-For` and `X-Forwarded-Proto` are set by a proxy of ours. */
	trustProxy: boolean;
	/** Requests a minute, from one address and of one account each. */
	rateLimit: number;
	/** Where bytes are kept, if not in `dataDir`. */
	s3: S3Settings | undefined;
	/** Bytes that each account may keep, where an admin has not said otherwise. */
	quota: number;
	/** The internal path below which a front server shares `dataDir/blobs` and sends them itself. */
	accelRedirect: string | undefined;
	metricsToken: string | undefined;
	logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug';
};

/** Reads the settings, or throws an error whose message names each wrong variable. */
export function readEnv(variables: Record<string, string | undefined> = process.env): Env {
	const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
	const parsed = Environment.safeParse(given);
	if (!parsed.success) {
		const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
		throw new Error(`These settings are not right: ${names}. The README lists what each may be.`);
	}
	const env = parsed.data;
	return {
		port: env.PORT,
		host: env.HOST,
		dataDir: resolve(env.DATA_DIR),
		buildDir: resolve(env.BUILD_DIR ?? join(root, 'build')),
		publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
		databaseUrl: env.DATABASE_URL,
		databaseConnections: env.DATABASE_CONNECTIONS,
		smtpUrl: env.SMTP_URL,
		mailFrom: env.MAIL_FROM,
		keys: env.KEYS,
		trustProxy: env.TRUST_PROXY,
		rateLimit: env.RATE_LIMIT,
		s3: s3In(env),
		quota: Math.round(env.QUOTA_GB * 1e9),
		accelRedirect: env.ACCEL_REDIRECT?.replace(/\/+$/, ''),
		metricsToken: env.METRICS_TOKEN,
		logLevel: env.LOG_LEVEL
	};
}

function s3In(env: z.infer<typeof Environment>): S3Settings | undefined {
	if (!env.S3_ENDPOINT) return undefined;
	return {
		endpoint: env.S3_ENDPOINT,
		bucket: env.S3_BUCKET,
		region: env.S3_REGION,
		accessKey: env.S3_ACCESS_KEY,
		secretKey: env.S3_SECRET_KEY
	};
}

/** The folder of the repository, wherever the program was started from. */
export const root = join(import.meta.dirname, '..');
