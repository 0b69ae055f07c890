import type { Letter } from '#server/mail/mail.ts';

/**
 * The letters of an account, in both languages: the server does not know which one a person reads
 * before they have signed in.
 */
export function verificationLetter(to: string, name: string, url: string): Letter {
	return {
		to,
		subject: `${name} : confirme ton adresse · confirm your address`,
		text: `Pour confirmer ton adresse, ouvre ce lien (48 heures) :
${url}

To confirm your address, open this link (48 hours):
${url}

Si tu n’as rien demandé, ignore cette lettre. If you did not ask for this, ignore this letter.
`
	};
}

export function resetLetter(to: string, name: string, url: string): Letter {
	return {
		to,
		subject: `${name} : nouveau mot de passe · new password`,
		text: `Pour choisir un nouveau mot de passe, ouvre ce lien (24 heures) :
${url}

To choose a new password, open this link (24 hours):
${url}

Si tu n’as rien demandé, ignore cette lettre : rien n’a changé.
If you did not ask for this, ignore this letter: nothing has changed.
`
	};
}

/** To the address that is being left: its owner should hear of it. */
export function emailChangedLetter(to: string, name: string): Letter {
	return {
		to,
		subject: `${name} : ton adresse a changé · your address has changed`,
		text: `L’adresse de ton compte a été remplacée. Si ce n’est pas toi, écris à l’équipe de ${name}.

The address of your account was replaced. If it was not you, write to the people who run ${name}.
`
	};
}

export function approvalLetter(to: string, name: string, url: string): Letter {
	return {
		to,
		subject: `${name} : bienvenue · welcome`,
		text: `Ton compte est ouvert : ${url}

Your account is open: ${url}
`
	};
}
