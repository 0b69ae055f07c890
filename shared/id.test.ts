import { describe, expect, test } from 'vitest';
import { Id, newId } from './id.ts';

describe('ids', () => {
	test('an id is a UUIDv7 that carries the time it was made', () => {
		const id = newId(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
		expect(Id.safeParse(id).success).toBe(true);
		expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(
			Date.UTC(2026, 0, 2, 3, 4, 5, 678)
		);
	});

	test('ids made in different milliseconds sort by time', () => {
		expect(newId(1_000) < newId(1_001)).toBe(true);
		expect(newId(2 ** 32 - 1) < newId(2 ** 32)).toBe(true);
	});

	test('ids made in the same millisecond differ', () => {
		expect(new Set(Array.from({ length: 1_000 }, () => newId(7))).size).toBe(1_000);
	});
});
