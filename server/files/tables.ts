import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	pgEnum,
	pgTable,
	text,
	timestamp,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { fileFailures, fileStates } from '#shared/files.ts';
import { accounts } from '#server/accounts/tables.ts';

const at = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });
const size = () => bigint({ mode: 'number' }).notNull();

export const fileState = pgEnum('file_state', fileStates);
export const fileFailure = pgEnum('file_failure', fileFailures);

export const files = pgTable(
	'files',
	{
		id: uuid().primaryKey(),
		ownerId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		name: text().notNull(),
		/** The number of the version that is shown. */
		current: integer().notNull().default(1),
		createdAt: at().notNull(),
		trashedAt: at(),
		/** When the trash is emptied of it, by the clock of the server. */
		purgeAt: at()
	},
	(file) => [
		index('files_by_owner').on(file.ownerId, file.id),
		index('files_to_purge')
			.on(file.purgeAt)
			.where(sql`${file.purgeAt} is not null`)
	]
);
export type FileRow = typeof files.$inferSelect;

/** What storage keeps, counted by the versions that have it. */
export const blobs = pgTable(
	'blobs',
	{
		sha256: text().primaryKey(),
		size: size(),
		references: integer().notNull(),
		/** Since when no version has it. */
		unusedSince: at()
	},
	(blob) => [
		check('references_count', sql`${blob.references} >= 0`),
		index('unused_blobs')
			.on(blob.unusedSince)
			.where(sql`${blob.references} = 0`)
	]
);

export const fileVersions = pgTable(
	'file_versions',
	{
		id: uuid().primaryKey(),
		fileId: uuid()
			.notNull()
			.references(() => files.id, { onDelete: 'cascade' }),
		number: integer().notNull(),
		name: text().notNull(),
		size: size(),
		declaredType: text().notNull(),
		type: text(),
		sha256: text().references(() => blobs.sha256, { onDelete: 'restrict' }),
		state: fileState().notNull().default('waiting'),
		failure: fileFailure(),
		createdAt: at().notNull()
	},
	(version) => [
		uniqueIndex('file_versions_by_number').on(version.fileId, version.number),
		index('file_versions_by_sha256').on(version.sha256),
		index('file_versions_on_their_way')
			.on(version.id)
			.where(sql`${version.state} in ('uploading', 'processing')`),
		check('ready_has_bytes', sql`${version.state} <> 'ready' or ${version.sha256} is not null`)
	]
);
export type VersionRow = typeof fileVersions.$inferSelect;

/** What each account keeps, and how much it may where that is not what everyone may. */
export const storageUses = pgTable(
	'storage_uses',
	{
		accountId: uuid()
			.primaryKey()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		used: size().default(0),
		quota: bigint({ mode: 'number' })
	},
	(use) => [check('used_counts', sql`${use.used} >= 0`)]
);
