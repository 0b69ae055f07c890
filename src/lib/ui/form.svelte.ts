import { tick } from 'svelte';
import type { z } from 'zod';
import { fieldProblems, ProblemError, type FieldCode, type ProblemCode } from '#shared/problem.ts';
import { blameWords, fieldWords } from '$lib/i18n/problems.ts';

type Blame = Partial<Record<ProblemCode, string>>;
type Wrong = { field: FieldCode } | { problem: ProblemCode };

/**
 * One form: checks what was typed by the words of the contract, sends it once, and keeps what was
 * wrong beside its field until the next attempt.
 */
export class Form {
	#busy = $state(false);
	#problem = $state.raw<ProblemError | null>(null);
	#wrong = $state.raw<Record<string, Wrong>>({});
	#blame: Blame;

	/** @param blame the field that a problem is about, where it is about one */
	constructor(blame: Blame = {}) {
		this.#blame = blame;
	}

	get busy() {
		return this.#busy;
	}

	/** What went wrong that belongs to no field of this form. */
	get problem() {
		return this.#problem;
	}

	/** Why this field was refused, in the language of the screen. */
	wrong(field: string): string | undefined {
		const wrong = this.#wrong[field];
		if (!wrong) return undefined;
		return 'field' in wrong ? fieldWords(wrong.field, field) : blameWords(wrong.problem);
	}

	/** The handler of `onsubmit`: `values` are parsed by `schema`, then sent as they were typed. */
	sends<Values extends object>(
		schema: z.ZodType,
		values: () => Values,
		send: (values: Values) => Promise<unknown>
	) {
		return async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
			event.preventDefault();
			const form = event.currentTarget;
			if (this.#busy) return;
			await this.#attempt(async () => {
				check(schema, values());
				await send(values());
			});
			await this.#showFirst(form);
		};
	}

	async #attempt(deed: () => Promise<unknown>) {
		this.#busy = true;
		this.#problem = null;
		this.#wrong = {};
		try {
			await deed();
		} catch (error) {
			this.#keep(error instanceof ProblemError ? error : new ProblemError('internal'));
		} finally {
			this.#busy = false;
		}
	}

	#keep(problem: ProblemError) {
		const blamed = this.#blame[problem.code];
		if (blamed) this.#wrong = { [blamed]: { problem: problem.code } };
		else if (!problem.errors?.length) this.#problem = problem;
		else {
			// The first reason of a field is the one to tell.
			const reasons = problem.errors.toReversed();
			this.#wrong = Object.fromEntries(reasons.map(({ path, code }) => [path, { field: code }]));
		}
	}

	async #showFirst(form: HTMLFormElement) {
		if (Object.keys(this.#wrong).length === 0) return;
		await tick();
		const first = form.querySelector<HTMLElement>('[aria-invalid="true"]');
		if (first) first.focus();
		else this.#problem = new ProblemError('invalid-input');
	}
}

function check(schema: z.ZodType, values: object) {
	const checked = schema.safeParse(values);
	if (checked.success) return;
	const empty = new Set(Object.entries(values).flatMap(([path, value]) => (value ? [] : [path])));
	const errors = fieldProblems(checked.error.issues).map((problem) =>
		empty.has(problem.path) ? { ...problem, code: 'required' as const } : problem
	);
	throw new ProblemError('invalid-input', { errors });
}
