/** How long things stay in the trash before they are deleted for good, in days. */
export const trashDays = 30;
