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
	METRICS_TOKEN: z.string().optional(),
	LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info')
});

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
		metricsToken: env.METRICS_TOKEN,
		logLevel: env.LOG_LEVEL
	};
}

/** The folder of the repository, wherever the program was started from. */
export const root = join(import.meta.dirname, '..');
