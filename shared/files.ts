import { z } from 'zod';
import { Id, Time } from './id.ts';
import { mutation } from './mutation.ts';
import { lineOfText } from './text.ts';

// Nouns

/**
 * How far a version's bytes have come: named but not sent, on their way, being looked at, there;
 * or `failed`, and then `failure` says why.
 */
export const fileStates = ['waiting', 'uploading', 'processing', 'ready', 'failed'] as const;
export const FileState = z.enum(fileStates);
export type FileState = z.infer<typeof FileState>;

/** Why a version has no bytes: they were lost or damaged in storage. Sending them again mends it. */
export const fileFailures = ['damaged', 'lost'] as const;
export const FileFailure = z.enum(fileFailures);
export type FileFailure = z.infer<typeof FileFailure>;

/** Bytes that one file may have: the most that S3 takes in one request (5 GiB). */
export const largestFile = 5 * 1024 ** 3;
export const mostVersions = 200;

/** A name as people see it. It never becomes a path, on the server or in an archive. */
export const FileName = lineOfText(1, 255);
/** Nothing to keep is refused by name: a file without bytes is a mistake of some other program. */
export const FileSize = z.number().int().min(1, 'too-small').max(largestFile, 'too-large');
/** What the device believes the type to be; what counts is what the bytes say. */
export const DeclaredType = z
	.string()
	.trim()
	.toLowerCase()
	.max(127, 'too-long')
	.regex(/^[\w.+-]+\/[\w.+-]+$/, 'invalid');

/** The bytes of a file at one time: kept as they came, for ever, under their SHA-256. */
export const FileVersion = z.object({
	id: Id,
	number: z.number().int().min(1).describe('Counts up by one; `v<number>` is its variant'),
	name: z.string().describe('What its maker calls this version: “mix 3, vocals up”'),
	size: FileSize,
	declaredType: z.string(),
	type: z.string().nullable().describe('What the bytes are; null until they are there'),
	sha256: z.string().nullable(),
	state: FileState,
	failure: FileFailure.nullable(),
	createdAt: Time
});
export type FileVersion = z.infer<typeof FileVersion>;

/** A file and all its versions. */
export const File = z.object({
	id: Id,
	ownerId: Id,
	name: FileName,
	current: z.number().int().min(1).describe('The number of the version that is shown'),
	versions: z.array(FileVersion).describe('Oldest first'),
	createdAt: Time,
	trashedAt: Time.nullable()
});
export type File = z.infer<typeof File>;

/** A file as it travels with the records that name it. */
export const FileCard = z.object({
	id: Id,
	name: FileName,
	variant: z.string().describe('Of the version that is shown: `v2`'),
	type: z.string(),
	size: z.number().int(),
	state: FileState
});
export type FileCard = z.infer<typeof FileCard>;

// Verbs

const bytes = { size: FileSize, type: DeclaredType.default('application/octet-stream') };

/** Names a file before its bytes are there. The first version has the id of the file. */
export const addFile = mutation(
	'files.addFile',
	z.strictObject({ id: Id, name: FileName, ...bytes, versionName: lineOfText(0, 200).default('') })
);
/** Adds a version, which is shown once its bytes are there. The ones before are never lost. */
export const addVersion = mutation(
	'files.addVersion',
	z.strictObject({ id: Id, fileId: Id, name: lineOfText(0, 200).default(''), ...bytes })
);
export const renameFile = mutation('files.renameFile', z.strictObject({ id: Id, name: FileName }));
export const renameVersion = mutation(
	'files.renameVersion',
	z.strictObject({ id: Id, name: lineOfText(0, 200) })
);
/** Shows an earlier version again, or a later one. */
export const showVersion = mutation('files.showVersion', z.strictObject({ id: Id }));
export const trashFile = mutation('files.trashFile', z.strictObject({ id: Id }));
export const restoreFile = mutation('files.restoreFile', z.strictObject({ id: Id }));
/** Deletes for good what lies in the trash. */
export const deleteFile = mutation('files.deleteFile', z.strictObject({ id: Id }));

// Requests

/** `original` is the version that is shown; `v2` the second one. */
export const Variant = z.string().regex(/^(original|v[1-9]\d{0,5})$/, 'not-listed');
export const LinkRequest = z.strictObject({ variant: Variant.default('original') });
export const Link = z.object({
	url: z.string().describe('A path of this server: `/media/…`'),
	expiresAt: Time
});
export const StorageUse = z.object({
	used: z.number().int().describe('Bytes, the trash and what is still to be sent included'),
	quota: z.number().int()
});
