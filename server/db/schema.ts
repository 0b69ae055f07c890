/** Every table of every domain, for Drizzle. */
export * from '#server/accounts/tables.ts';
export * from '#server/admin/tables.ts';
export * from '#server/conflicts/tables.ts';
export * from '#server/http/tables.ts';
export * from '#server/files/tables.ts';
export * from '#server/library/tables.ts';
export * from '#server/products/tables.ts';
export * from '#server/sync/tables.ts';
