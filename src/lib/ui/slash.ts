/** `/` goes to the search field of the screen, unless somebody is typing. */
export function slash(event: KeyboardEvent): void {
	if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
	const { target } = event;
	if (target instanceof HTMLElement && target.matches('input, textarea, select')) return;
	const field = document.querySelector<HTMLElement>('#main input[type="search"]');
	if (!field) return;
	event.preventDefault();
	field.focus();
}
