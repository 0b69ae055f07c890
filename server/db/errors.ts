import type { ProblemCode } from '#shared/problem.ts';

type Violation = { code?: string; constraint_name?: string };

/** The name of the unique constraint that a statement ran into, or nothing for other errors. */
export function violatedUnique(error: unknown): string | undefined {
	const { code, constraint_name: name } = violationIn(error);
	return code === '23505' ? name : undefined;
}

/** Which problem it is when a statement runs into a rule of the schema (class 23 of Postgres). */
export function violatedRule(error: unknown): ProblemCode | undefined {
	switch (violationIn(error).code) {
		case '23505':
			return 'id-taken';
		case '23503':
			return 'not-found';
		case '23514':
		case '23502':
		case '22001':
			return 'invalid-input';
		default:
			return undefined;
	}
}

/** Drizzle wraps what the driver throws. */
function violationIn(error: unknown): Violation {
	const cause = error instanceof Error && error.cause ? error.cause : error;
	return (cause ?? {}) as Violation;
}
