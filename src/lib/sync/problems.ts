import { catalogue, type Problem, type ProblemError } from '#shared/problem.ts';

/** A problem as the server writes it, of one that was thrown here. */
export function problemOf(error: ProblemError): Problem {
	const told = (error.cause ?? {}) as Partial<Problem>;
	return {
		type: `urn:talas:problem:${error.code}`,
		title: catalogue[error.code].title,
		status: error.status,
		code: error.code,
		detail: error.message,
		requestId: told.requestId ?? 'none',
		retryable: error.retryable,
		...(error.errors && { errors: error.errors })
	};
}

/** There is no room on this device for what was to be kept. Nothing of it was written. */
export class StorageFull extends Error {
	readonly code = 'storage-full';
	readonly retryable = true;

	constructor(cause: unknown) {
		super('There is no room on this device.', { cause });
		this.name = 'StorageFull';
	}
}

/** Whether the browser has no room; Dexie tells it as the reason of an aborted transaction too. */
export function isQuota(error: unknown): boolean {
	const { name, inner, cause } = (error ?? {}) as {
		name?: string;
		inner?: unknown;
		cause?: unknown;
	};
	if (name === 'QuotaExceededError') return true;
	return (inner != null && isQuota(inner)) || (cause != null && isQuota(cause));
}
