import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { openTestTalas } from '../../tests/support/talas.ts';

test('with SMTP, a letter arrives and its link is not in the log', async () => {
	const received: string[] = [];
	const smtp = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onData: (stream, _, done) => {
			text(stream).then((letter) => {
				received.push(letter);
				done();
			}, done);
		}
	});
	smtp.listen(0, '127.0.0.1');
	await once(smtp.server, 'listening');
	const { port } = smtp.server.address() as AddressInfo;
	const t = await openTestTalas('embedded', { smtpUrl: `smtp://127.0.0.1:${port}` });
	await t.browser().register('ana');
	await t.talas.settled();
	expect(received).toHaveLength(1);
	expect(received[0]).toContain('To: ana@example.org');
	expect(received[0]).toMatch(/\/verify#/);
	expect(t.letters).toEqual([]);
	expect((await t.browser().ask('GET', '/api/instance')).body).toMatchObject({ mail: true });
	await t.close();
	await new Promise<void>((closed) => smtp.close(() => closed()));
});
