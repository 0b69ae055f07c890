import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary.ts';
import { lockDirectory } from './lock.ts';

test('a lock whose process was killed is taken over', async () => {
	const folder = await temporaryFolder();
	const program = `
		import { lockDirectory } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
		await lockDirectory(${JSON.stringify(folder.path)});
		console.log('locked');
		setInterval(() => {}, 1000);`;
	const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
	await once(holder.stdout, 'data');
	await expect(lockDirectory(folder.path)).rejects.toThrow(`process ${holder.pid}`);
	holder.kill('SIGKILL');
	await once(holder, 'exit');
	const tries = Array.from({ length: 10 }, () => lockDirectory(folder.path));
	const outcomes = await Promise.allSettled(tries);
	expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	await folder.close();
});
