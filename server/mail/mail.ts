import { createTransport } from 'nodemailer';
import type { Logger } from 'pino';

export type Letter = { to: string; subject: string; text: string };

/** Sends letters. Without `SMTP_URL` they are printed in the log, links included. */
export type Mail = {
	/** Whether letters leave this Talas. */
	leaves: boolean;
	send: (letter: Letter) => Promise<void>;
	close: () => void;
};

export function openMail(smtpUrl: string | undefined, from: string, log: Logger): Mail {
	if (!smtpUrl) {
		return {
			leaves: false,
			send: async (letter) => log.warn({ letter }, 'no SMTP_URL: this letter was not sent'),
			close: () => {}
		};
	}
	const transport = createTransport(smtpUrl, { from });
	return {
		leaves: true,
		send: async (letter) => {
			await transport.sendMail(letter);
		},
		close: () => transport.close()
	};
}
