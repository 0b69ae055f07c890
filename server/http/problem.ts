/** The only writers of `application/problem+json`. */
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ProblemError, catalogue, type Problem, type ProblemCode } from '#shared/problem.ts';
import type { Http } from './session.ts';

export const onError: ErrorHandler<Http> = (error, c) => {
	const problem = asProblem(error);
	if (problem.code === 'internal') {
		c.get('talas').log.error({ err: error, requestId: requestIdOf(c) }, 'a request failed');
	}
	return answer(c, problem);
};

export const notFound: NotFoundHandler<Http> = (c) => answer(c, new ProblemError('not-found'));

/** The id that the answer carries in `X-Request-Id`. */
export function requestIdOf<E extends Http>(c: Context<E>): string {
	return c.env?.outgoing?.requestId ?? 'none';
}

function asProblem(error: Error): ProblemError {
	if (error instanceof ProblemError) return error;
	// Drizzle wraps what the driver throws.
	if (error.cause instanceof ProblemError) return error.cause;
	if (error instanceof HTTPException) return new ProblemError(codeOfStatus(error.status));
	if (isLostConnection(error)) return new ProblemError('unavailable', { retryAfter: 2 });
	return new ProblemError('internal');
}

function codeOfStatus(status: number): ProblemCode {
	if (status === 400) return 'malformed-json';
	if (status === 413) return 'payload-too-large';
	return 'internal';
}

/** Codes of the driver, of Node's sockets and of Postgres (class 57P) when the database is away. */
function isLostConnection(error: Error) {
	const code = (error as { code?: unknown }).code ?? (error.cause as { code?: unknown })?.code;
	return /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|ENOENT$|57P0)/.test(String(code));
}

function answer(c: Context<Http>, error: ProblemError) {
	const problem: Problem = {
		type: `urn:talas:problem:${error.code}`,
		title: catalogue[error.code].title,
		status: error.status,
		code: error.code,
		detail: error.message,
		requestId: requestIdOf(c),
		retryable: error.retryable,
		...(error.errors && { errors: error.errors })
	};
	// 460 is of the tus protocol; Hono knows the registered ones only.
	return c.body(JSON.stringify(problem), error.status as ContentfulStatusCode, {
		'content-type': 'application/problem+json',
		'cache-control': 'no-store',
		...(error.retryAfter && { 'retry-after': String(Math.ceil(error.retryAfter)) })
	});
}
