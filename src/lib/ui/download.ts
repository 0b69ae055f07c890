/** Hands a file to the person: the browser saves it where they keep their downloads. */
export function download(file: Blob, name: string) {
	const url = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	// Safari reads the file after the click has returned.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The day, as file names carry it: `2026-03-02`. */
export function today(): string {
	return new Date().toISOString().slice(0, 10);
}
