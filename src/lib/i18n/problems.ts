import type { FieldCode, ProblemCode, ProblemError } from '#shared/problem.ts';
import { waitOf } from './dates.ts';
import { m } from './generated/messages.js';

const problems: Record<ProblemCode, () => string> = {
	'malformed-json': m.problem_malformed_json,
	'invalid-input': m.problem_invalid_input,
	'unsupported-media-type': m.problem_unsupported_media_type,
	'payload-too-large': m.problem_payload_too_large,
	'not-found': m.problem_not_found,
	'client-too-old': m.problem_client_too_old,
	'cross-origin': m.problem_cross_origin,
	'signed-out': m.problem_signed_out,
	'token-invalid': m.problem_token_invalid,
	'token-expired': m.problem_token_expired,
	'session-ended': m.problem_session_ended,
	'session-reused': m.problem_session_reused,
	'wrong-credentials': m.problem_wrong_credentials,
	'not-allowed': m.problem_not_allowed,
	'account-waiting': m.problem_account_waiting,
	'account-suspended': m.problem_account_suspended,
	'email-taken': m.problem_email_taken,
	'handle-taken': m.problem_handle_taken,
	'registration-closed': m.problem_registration_closed,
	'invite-needed': m.problem_invite_needed,
	'invite-invalid': m.problem_invite_invalid,
	'link-invalid': m.problem_link_invalid,
	'last-admin': m.problem_last_admin,
	'unknown-mutation': m.problem_unknown_mutation,
	'client-forked': m.problem_client_forked,
	'mutation-gap': m.problem_mutation_gap,
	'id-taken': m.problem_id_taken,
	'rejected-by-state': m.problem_rejected_by_state,
	'quota-exceeded': m.problem_quota_exceeded,
	'upload-refused': m.problem_upload_refused,
	'upload-protocol-unknown': m.problem_upload_protocol_unknown,
	'upload-out-of-step': m.problem_upload_out_of_step,
	'upload-gone': m.problem_upload_gone,
	'checksum-mismatch': m.problem_checksum_mismatch,
	'media-link-invalid': m.problem_media_link_invalid,
	'media-link-expired': m.problem_media_link_expired,
	'idempotency-conflict': m.problem_idempotency_conflict,
	'too-many-attempts': m.problem_too_many_attempts,
	'rate-limited': m.problem_rate_limited,
	busy: m.problem_busy,
	unavailable: m.problem_unavailable,
	internal: m.problem_internal
};

const fields: Record<FieldCode, () => string> = {
	required: m.field_required,
	'wrong-type': m.field_wrong_type,
	'unknown-field': m.field_unknown_field,
	'too-short': m.field_too_short,
	'too-long': m.field_too_long,
	'too-small': m.field_too_small,
	'too-large': m.field_too_large,
	'not-listed': m.field_not_listed,
	'not-an-email': m.field_not_an_email,
	'not-a-handle': m.field_not_a_handle,
	'handle-reserved': m.field_handle_reserved,
	'forbidden-characters': m.field_forbidden_characters,
	'password-too-long': m.field_password_too_long,
	invalid: m.field_invalid
};

/** Where a field has more to say than the code alone: what the rule is. */
const particular: Partial<Record<string, () => string>> = {
	'password too-short': m.field_password_too_short,
	'handle too-short': m.field_handle_too_short,
	'handle too-long': m.field_handle_too_long
};

/** What happened and what to do about it, in the language of the screen. */
export function problemWords(code: ProblemCode): string {
	return problems[code]();
}

/** The same, with the wait that the server asked for. */
export function problemErrorWords(problem: Pick<ProblemError, 'code' | 'retryAfter'>): string {
	const words = problemWords(problem.code);
	if (problem.retryAfter === undefined) return words;
	return `${words} ${m.problem_retry_after({ wait: waitOf(problem.retryAfter) })}`;
}

/** The same, beside the field that it is about. */
export function blameWords(code: ProblemCode): string {
	return code === 'wrong-credentials' ? m.field_password_wrong() : problemWords(code);
}

/** Why a field was refused, in the language of the screen. */
export function fieldWords(code: FieldCode, field: string): string {
	return (particular[`${field} ${code}`] ?? fields[code])();
}
