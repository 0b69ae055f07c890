import { pino, type Logger } from 'pino';
import type { Env } from '#server/env.ts';

/** One JSON line an event. Requests are logged by id, never with bodies, tokens or cookies. */
export function openLog(env: Env): Logger {
	return pino({
		level: env.logLevel,
		redact: ['*.password', '*.accessToken', '*.authorization', '*.cookie', '*.token', '*.secret']
	});
}
