import type { ProblemCode } from '#shared/problem.ts';

declare global {
	namespace App {
		/** What an error page knows. The reference finds the fault again in a log. */
		interface Error {
			message: string;
			code?: ProblemCode;
			reference?: string;
		}
	}
}

export {};
