/** Starts HTTP and sockets, and stops them cleanly. */
import { serve } from './serve.ts';
import { readEnv } from './env.ts';

try {
	const talas = await serve(readEnv());
	for (const signal of ['SIGTERM', 'SIGINT'] as const) {
		process.once(signal, async () => {
			await talas.stop();
			process.exit(0);
		});
	}
	console.log(talas.welcome);
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
}
