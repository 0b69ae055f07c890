/** The name of the unique constraint that a statement ran into, or nothing for other errors. */
export function violatedUnique(error: unknown): string | undefined {
	const cause = error instanceof Error && error.cause ? error.cause : error;
	const { code, constraint_name: name } = cause as { code?: string; constraint_name?: string };
	return code === '23505' ? name : undefined;
}
