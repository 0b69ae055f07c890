import type { Context, MiddlewareHandler } from 'hono';
import { validator } from 'hono-openapi';
import type { z } from 'zod';
import { ProblemError, fieldProblems } from '#shared/problem.ts';

/** JSON bodies are small: files travel on another plane. */
const usualLimit = 256 * 1024;

/**
 * Reads the JSON body, the query or the path by a schema, which also describes it in
 * `/api/openapi.json`. Unknown fields, other types and bodies of more than `limit` bytes are refused.
 */
export function valid<Target extends 'json' | 'query' | 'param', Schema extends z.ZodType>(
	target: Target,
	schema: Schema,
	limit: number = usualLimit
) {
	const read = validator(target, schema, (result) => {
		if (result.success) return;
		throw new ProblemError('invalid-input', {
			errors: fieldProblems(result.error as readonly z.core.$ZodIssue[])
		});
	});
	if (target !== 'json') return read;
	const checked: MiddlewareHandler = async (c, next) => {
		const type = c.req.header('content-type') ?? '';
		if (!/^application\/json\s*(;|$)/i.test(type)) throw new ProblemError('unsupported-media-type');
		await mustBeShort(c, limit);
		return read(c as never, next);
	};
	// The description for OpenAPI hangs on the handler.
	return Object.assign(checked, read) as unknown as typeof read;
}

/** Refuses a body of more than `limit` bytes before it is read, or as soon as it is known. */
export async function mustBeShort(c: Context, limit: number): Promise<void> {
	const declared = Number(c.req.header('content-length') ?? Number.NaN);
	if (declared > limit) throw new ProblemError('payload-too-large');
	if (!Number.isNaN(declared)) return;
	const known = await c.req.bodyCache.text;
	if (known === undefined) await readWithin(c, limit);
	else if (known.length > limit) throw new ProblemError('payload-too-large');
}

async function readWithin(c: Context, limit: number) {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	for await (const chunk of c.req.raw.body ?? []) {
		length += chunk.length;
		if (length > limit) throw new ProblemError('payload-too-large');
		chunks.push(chunk as Uint8Array<ArrayBuffer>);
	}
	// Hono keeps promises here, whatever its type says.
	c.req.bodyCache.text = new Blob(chunks).text() as unknown as string;
}
