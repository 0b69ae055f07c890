import { sql } from 'drizzle-orm';
import { boolean, check, pgEnum, pgTable, text } from 'drizzle-orm/pg-core';
import { registrationModes } from '#shared/accounts.ts';

export const registrationMode = pgEnum('registration_mode', registrationModes);

/** How this Talas is run: one row. */
export const instance = pgTable(
	'instance',
	{
		only: boolean().primaryKey().default(true),
		name: text().notNull().default('Talas'),
		registration: registrationMode().notNull().default('open')
	},
	(row) => [check('one_row', sql`${row.only}`)]
);
