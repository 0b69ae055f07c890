import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Env } from '#server/env.ts';

/** One JSON line an event. Requests are logged by id, never with bodies, tokens or cookies. */
export function openLog(env: Env, to?: DestinationStream): Logger {
	const options: LoggerOptions = {
		level: env.logLevel,
		redact: ['*.password', '*.accessToken', '*.authorization', '*.cookie', '*.token', '*.secret']
	};
	return to ? pino(options, to) : pino(options);
}
