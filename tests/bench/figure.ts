/** What a figure of `npm run bench` is: something of ours, measured beside a peer in the same run. */

export type Figure = {
	/** `area.figure`, as the issues name it; also the name of the file. */
	id: string;
	/** One sentence: what is measured. */
	words: string;
	unit: string;
	/** What it is held against: another program, a limit of the machine, or our own other half. */
	peer?: string;
	goal: Goal;
	/** Measured rounds, after one to warm up; 5 if not said. */
	rounds?: number;
	/** Starts what is measured. */
	open: () => Promise<Rig>;
};

/** On the ratio ours ÷ peer if there is a peer, else on the value. */
export type Goal = { atLeast: number } | { atMost: number };

export type Rig = {
	ours: () => Promise<number>;
	peer?: () => Promise<number>;
	/** What else must hold, asked after the last round; the figure is met only if all of it is. */
	also?: () => Promise<Also[]>;
	close: () => Promise<void>;
};

export type Also = { words: string; value: number; unit: string; goal: Goal };

/** One line of the report. `value`, `peerValue` and `ratio` are medians over the rounds. */
export type Result = {
	id: string;
	value: number;
	unit: string;
	peer: string | null;
	peerValue: number | null;
	ratio: number | null;
	goal: string;
	met: boolean;
	/** Of the ratios, or of the values where there is no peer: the lowest and the highest. */
	spread: [number, number];
	also: { words: string; value: number; unit: string; goal: string; met: boolean }[];
};

/**
 * Measures a figure. Ours and the peer take turns, and the order turns too, so that a machine that
 * slows down slows both; the ratio is made within each round.
 */
export async function measure(figure: Figure): Promise<Result> {
	const rig = await figure.open();
	try {
		await rig.ours();
		await rig.peer?.();
		const rounds: Round[] = [];
		for (let n = 0; n < (figure.rounds ?? 5); n++) rounds.push(await round(rig, n));
		return report(figure, rounds, (await rig.also?.()) ?? []);
	} finally {
		await rig.close();
	}
}

type Round = { ours: number; peer: number | null };

async function round(rig: Rig, n: number): Promise<Round> {
	if (n % 2 === 0) {
		const ours = await rig.ours();
		return { ours, peer: (await rig.peer?.()) ?? null };
	}
	const peer = (await rig.peer?.()) ?? null;
	return { ours: await rig.ours(), peer };
}

function report(figure: Figure, rounds: Round[], also: Also[]): Result {
	const peers = rounds.map(({ peer }) => peer).filter((peer) => peer !== null);
	const ratios = rounds.flatMap(({ ours, peer }) => (peer === null ? [] : [ours / peer]));
	const values = rounds.map(({ ours }) => ours);
	const judged = ratios.length > 0 ? ratios : values;
	const others = also.map((each) => ({ ...each, goal: say(each.goal), met: holds(each) }));
	return {
		id: figure.id,
		value: median(values),
		unit: figure.unit,
		peer: figure.peer ?? null,
		peerValue: peers.length > 0 ? median(peers) : null,
		ratio: ratios.length > 0 ? median(ratios) : null,
		goal: `${ratios.length > 0 ? 'ratio' : 'value'} ${say(figure.goal)}`,
		met: holds({ value: median(judged), goal: figure.goal }) && others.every(({ met }) => met),
		spread: [Math.min(...judged), Math.max(...judged)],
		also: others
	};
}

function holds({ value, goal }: { value: number; goal: Goal }) {
	return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}

function say(goal: Goal) {
	return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
