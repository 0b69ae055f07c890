import { z } from 'zod';
import { Id, Time } from './id.ts';
import { lineOfText } from './text.ts';

// Nouns

export const roles = ['admin', 'moderator', 'trainer', 'user'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

/** Who may open an account: anyone, invited people, anyone whom an admin then approves, no one. */
export const registrationModes = ['open', 'invite', 'approval', 'closed'] as const;
export const RegistrationMode = z.enum(registrationModes);
export type RegistrationMode = z.infer<typeof RegistrationMode>;

/** Names that would let somebody pass for Talas itself, or shadow an address of the app. */
const reservedHandles = new Set(
	'admin administrator moderator root system support help talas api media settings me null undefined deleted'.split(
		' '
	)
);

/** 3 to 30 characters of a–z, 0–9 and `_`; stored in lower case. */
export const Handle = z
	.string()
	.transform((handle) => handle.trim().replace(/^@/, '').toLowerCase())
	.pipe(
		z
			.string()
			.min(3, 'too-short')
			.max(30, 'too-long')
			.regex(/^[a-z0-9_]+$/, 'not-a-handle')
			.refine((handle) => !reservedHandles.has(handle), 'handle-reserved')
	);

/** An address as it is compared: trimmed and in lower case, at most 254 characters (RFC 5321). */
export const Email = z
	.string()
	.transform((email) => email.trim().toLowerCase())
	.pipe(z.string().max(254, 'too-long').pipe(z.email('not-an-email')));

/** bcrypt reads 72 bytes and no more: a longer password would be cut in silence, so it is refused. */
export const Password = z
	.string()
	.min(8, 'too-short')
	.refine((password) => new TextEncoder().encode(password).length <= 72, 'password-too-long');

export const DisplayName = lineOfText(1, 60);
export const DeviceName = lineOfText(1, 60);

/** What a person sees of their own account. */
export const Account = z.object({
	id: Id,
	handle: z.string(),
	displayName: z.string(),
	email: z.string(),
	emailVerified: z.boolean(),
	role: Role,
	createdAt: Time
});
export type Account = z.infer<typeof Account>;

/** A person as others see them, beside what they made. */
export const PersonCard = z.object({ id: Id, handle: z.string(), displayName: z.string() });
export type PersonCard = z.infer<typeof PersonCard>;

/** One signed-in device. */
export const Session = z.object({
	id: Id,
	deviceName: z.string(),
	createdAt: Time,
	lastSeenAt: Time,
	current: z.boolean().describe('The session that asks')
});
export type Session = z.infer<typeof Session>;

/** What a stranger may know of this Talas before signing in. */
export const Instance = z.object({
	name: z.string(),
	registration: RegistrationMode,
	firstAccount: z.boolean().describe('Nobody is here yet: the next account becomes the admin'),
	mail: z.boolean().describe('Mail leaves this Talas; if not, an admin hands out links'),
	protocol: z.number().int()
});
export type Instance = z.infer<typeof Instance>;

export const AccessToken = z.object({ accessToken: z.string(), expiresAt: Time });
export type AccessToken = z.infer<typeof AccessToken>;

/** The answer to a sign-in. The refresh token travels in a cookie that scripts cannot read. */
export const SignedIn = AccessToken.extend({ user: Account });
export type SignedIn = z.infer<typeof SignedIn>;

export const AwaitingApproval = z.object({ status: z.literal('awaiting-approval') });

// What people send

export const Registration = z.strictObject({
	email: Email,
	password: Password,
	handle: Handle,
	displayName: DisplayName,
	invite: z.string().max(100, 'too-long').optional(),
	deviceName: DeviceName.optional()
});
export type Registration = z.input<typeof Registration>;

export const SignIn = z.strictObject({
	login: z.string().trim().min(1, 'required').max(254, 'too-long'),
	password: z.string().min(1, 'required').max(1_000, 'too-long'),
	deviceName: DeviceName.optional()
});
export type SignIn = z.input<typeof SignIn>;

const Secret = z.string().min(1, 'required').max(200, 'too-long');
const CurrentPassword = z.string().min(1, 'required').max(1_000, 'too-long');

export const ForgottenPassword = z.strictObject({ email: Email });
export const NewPassword = z.strictObject({ token: Secret, password: Password });
export const PasswordChange = z.strictObject({ current: CurrentPassword, password: Password });
export const EmailChange = z.strictObject({ email: Email, password: CurrentPassword });
export const EmailProof = z.strictObject({ token: Secret });
export const ProfileChange = z.strictObject({ displayName: DisplayName, handle: Handle }).partial();
export const AccountDeletion = z.strictObject({ password: CurrentPassword });

// For admins

export const InstanceChange = z
	.strictObject({ name: lineOfText(1, 60), registration: RegistrationMode })
	.partial();

export const accountStates = ['active', 'waiting', 'suspended'] as const;
export const AccountState = z.enum(accountStates);
export type AccountState = z.infer<typeof AccountState>;

/** A member as an admin sees them. */
export const Member = Account.extend({ state: AccountState });
export type Member = z.infer<typeof Member>;

export const Invite = z.object({
	id: Id,
	createdAt: Time,
	expiresAt: Time,
	usedAt: Time.nullable()
});
export type Invite = z.infer<typeof Invite>;

/** The address to hand on; it is told once and cannot be read again. */
export const Link = z.object({ url: z.string(), expiresAt: Time });
export type Link = z.infer<typeof Link>;
