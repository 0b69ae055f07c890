/** How long something took, over many times, in milliseconds. */
export type Times = { p50: number; p95: number };
