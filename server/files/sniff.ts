/**
 * What bytes are, by what they say themselves: a name or a declared type is only what somebody
 * claims, and a page named `cover.jpg` would run in our origin if we believed it.
 */
import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';

/** Only the head is looked at: nothing in a file can make that long or large. */
const head = 64 * 1024;

export const unknownType = 'application/octet-stream';

export async function sniff(path: string): Promise<string> {
	const file = await open(path, 'r');
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(head), 0, head, 0);
		const found = await fileTypeFromBuffer(buffer.subarray(0, bytesRead));
		return found?.mime.split(';')[0] ?? unknownType;
	} catch (error) {
		if (error instanceof RangeError || isMalformed(error)) return unknownType;
		throw error;
	} finally {
		await file.close();
	}
}

/** A format that begins well and goes on badly is of no type that we know. */
function isMalformed(error: unknown) {
	return error instanceof Error && !('syscall' in error);
}

const shown = new Set([
	...['image/jpeg', 'image/png', 'image/apng', 'image/gif', 'image/webp', 'image/avif'],
	'application/pdf',
	'application/ogg'
]);

/** What a browser may show or play in place. SVG and HTML run scripts: they are never among these. */
export function mayShow(type: string): boolean {
	return shown.has(type) || /^(audio|video)\/[\w.+-]+$/.test(type);
}
