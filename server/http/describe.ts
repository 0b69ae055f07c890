/** How a route is described in `/api/openapi.json`, beside the schemas that validate it. */
import { describeRoute, resolver } from 'hono-openapi';
import type { z } from 'zod';
import { Problem } from '#shared/problem.ts';

/** @param answers by status: the schema of the JSON body, or null when there is none. */
export function describe(summary: string, answers: Record<number, z.ZodType | null>) {
	const responses = Object.fromEntries(
		Object.entries(answers).map(([status, schema]) => [
			status,
			{
				description: summary,
				...(schema && { content: { 'application/json': { schema: resolver(schema) } } })
			}
		])
	);
	return describeRoute({
		summary,
		responses: {
			...responses,
			default: {
				description: 'A problem',
				content: { 'application/problem+json': { schema: resolver(Problem) } }
			}
		}
	});
}
