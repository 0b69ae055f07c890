import { z } from 'zod';

/**
 * Every problem Talas can answer with. A code is public and never changes its meaning;
 * the client has words for each in French and English (messages `problem_<code>`).
 * `retryable`: the same request may succeed later without being changed.
 */
export const catalogue = {
	// the request itself
	'malformed-json': { status: 400, title: 'The body is not valid JSON' },
	'invalid-input': { status: 422, title: 'Some fields are not right' },
	'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
	'payload-too-large': { status: 413, title: 'The request is too large' },
	'not-found': { status: 404, title: 'There is nothing here, or not for you' },
	'client-too-old': { status: 426, title: 'This version of the app is too old' },
	'cross-origin': { status: 403, title: 'The request came from another site' },
	// who is asking
	'signed-out': { status: 401, title: 'Sign in first' },
	'token-invalid': { status: 401, title: 'The access token is not valid' },
	'token-expired': { status: 401, title: 'The access token has expired' },
	'session-ended': { status: 401, title: 'This session has ended' },
	'session-reused': { status: 401, title: 'This session was used twice and is closed for safety' },
	'wrong-credentials': { status: 401, title: 'The name or the password is wrong' },
	'not-allowed': { status: 403, title: 'You may not do this' },
	'account-waiting': { status: 403, title: 'The account waits for approval' },
	'account-suspended': { status: 403, title: 'The account is suspended' },
	// accounts
	'email-taken': { status: 409, title: 'This email address already has an account' },
	'handle-taken': { status: 409, title: 'This handle is taken' },
	'registration-closed': { status: 403, title: 'This Talas takes no new accounts' },
	'invite-needed': { status: 403, title: 'An invitation is needed' },
	'invite-invalid': { status: 403, title: 'The invitation is not valid any more' },
	'link-invalid': { status: 400, title: 'The link is not valid any more' },
	'last-admin': { status: 409, title: 'The last admin cannot leave' },
	// synchronisation
	'unknown-mutation': { status: 422, title: 'This change is not known here' },
	'client-forked': { status: 409, title: 'Two copies of this device have gone apart' },
	'mutation-gap': { status: 409, title: 'A change before this one is missing' },
	'id-taken': { status: 409, title: 'This id cannot be used' },
	'rejected-by-state': { status: 409, title: 'Things have changed so that this cannot be done' },
	// files
	'quota-exceeded': { status: 413, title: 'There is no room left for this' },
	'upload-refused': { status: 400, title: 'The upload was not asked for as it must be' },
	'upload-protocol-unknown': { status: 412, title: 'This version of tus is not spoken here' },
	'upload-out-of-step': { status: 409, title: 'The upload goes on from another place' },
	'upload-gone': { status: 410, title: 'The upload has ended and must start again' },
	'checksum-mismatch': { status: 460, title: 'The bytes came over damaged' },
	'media-link-invalid': { status: 403, title: 'The link to this file is not right' },
	'media-link-expired': { status: 403, title: 'The link to this file has expired' },
	// limits and faults
	'idempotency-conflict': { status: 409, title: 'The key was used for another request' },
	'too-many-attempts': { status: 429, title: 'Too many attempts', retryable: true },
	'rate-limited': { status: 429, title: 'Too many requests', retryable: true },
	busy: { status: 503, title: 'The server is busy', retryable: true },
	unavailable: { status: 503, title: 'The server cannot answer now', retryable: true },
	internal: { status: 500, title: 'Something broke on the server', retryable: true }
} as const satisfies Record<string, { status: number; title: string; retryable?: true }>;

export type ProblemCode = keyof typeof catalogue;
export const problemCodes = Object.keys(catalogue) as ProblemCode[];

/**
 * Why one field was refused; the client has words for each (messages `field_<code>`).
 * A schema names one by using it as the message of a check: `.min(8, 'too-short')`.
 */
export const fieldCodes = [
	'required',
	'wrong-type',
	'unknown-field',
	'too-short',
	'too-long',
	'too-small',
	'too-large',
	'not-listed',
	'not-an-email',
	'not-a-handle',
	'handle-reserved',
	'forbidden-characters',
	'password-too-long',
	'invalid'
] as const;
export type FieldCode = (typeof fieldCodes)[number];

export const FieldProblem = z.object({
	path: z.string().describe('Dotted path of the field, for example `address.city` or `items.0`'),
	code: z.enum(fieldCodes),
	message: z.string()
});
export type FieldProblem = z.infer<typeof FieldProblem>;

/** RFC 9457 problem details with the members that Talas adds. */
export const Problem = z.object({
	type: z.string(),
	title: z.string(),
	status: z.number().int(),
	code: z.enum(problemCodes),
	detail: z.string(),
	requestId: z.string(),
	retryable: z.boolean(),
	errors: z.array(FieldProblem).optional()
});
export type Problem = z.infer<typeof Problem>;

/** The error that any code may throw; `server/http/problem.ts` turns it into an answer. */
export class ProblemError extends Error {
	readonly code: ProblemCode;
	readonly errors: FieldProblem[] | undefined;
	/** Seconds until a retry makes sense. */
	readonly retryAfter: number | undefined;

	constructor(
		code: ProblemCode,
		more: { detail?: string; errors?: FieldProblem[]; retryAfter?: number } = {}
	) {
		super(more.detail ?? catalogue[code].title);
		this.name = 'ProblemError';
		this.code = code;
		this.errors = more.errors;
		this.retryAfter = more.retryAfter;
	}

	get status(): (typeof catalogue)[ProblemCode]['status'] {
		return catalogue[this.code].status;
	}

	get retryable(): boolean {
		return 'retryable' in catalogue[this.code];
	}
}

const fieldWords: Record<FieldCode, string> = {
	required: 'This field is needed',
	'wrong-type': 'This field is of another type',
	'unknown-field': 'This field is not known',
	'too-short': 'This is too short',
	'too-long': 'This is too long',
	'too-small': 'This number is too small',
	'too-large': 'This number is too large',
	'not-listed': 'This is not one of the possible values',
	'not-an-email': 'This is not an email address',
	'not-a-handle': 'Only the letters a to z, digits and _ can be used',
	'handle-reserved': 'This handle is kept by Talas',
	'forbidden-characters': 'Invisible or control characters cannot be used',
	'password-too-long': 'A password has 72 bytes at most',
	invalid: 'This is not right'
};

/** The fields that a schema refused, in the words of `fieldCodes`. */
export function fieldProblems(issues: readonly z.core.$ZodIssue[]): FieldProblem[] {
	return issues.flatMap((issue) => {
		if (issue.code !== 'unrecognized_keys') return [fieldProblem(issue.path, codeOf(issue))];
		return issue.keys.map((key) => fieldProblem([...issue.path, key], 'unknown-field'));
	});
}

function fieldProblem(path: PropertyKey[], code: FieldCode): FieldProblem {
	return { path: path.map(String).join('.'), code, message: fieldWords[code] };
}

function codeOf(issue: { message: string }): FieldCode {
	return fieldCodes.find((code) => code === issue.message) ?? 'invalid';
}

// A check that names no code gets one here, while the refused input is still in sight.
z.config({ customError: (issue) => defaultCode(issue) });

function defaultCode(issue: z.core.$ZodRawIssue): FieldCode {
	const counted = issue.origin === 'string' || issue.origin === 'array';
	switch (issue.code) {
		case 'invalid_type':
			return issue.input === undefined ? 'required' : 'wrong-type';
		case 'too_small':
			return counted ? 'too-short' : 'too-small';
		case 'too_big':
			return counted ? 'too-long' : 'too-large';
		case 'invalid_value':
			return 'not-listed';
		case 'invalid_union':
			return 'discriminator' in issue ? 'not-listed' : 'invalid';
		default:
			return 'invalid';
	}
}
