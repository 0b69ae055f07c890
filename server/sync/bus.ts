import { EventEmitter } from 'node:events';
import type { FeedRow, Revision, Scope } from '#shared/feed.ts';
import type { Id } from '#shared/id.ts';

/** What one node tells the others, and itself. */
export type News =
	/** Rows were committed: `base` is the revision before them. */
	| { t: 'feed'; scope: Scope; base: Revision; revision: Revision; rows: FeedRow[] }
	/** A session has ended: its sockets close. */
	| { t: 'ended'; sessionId: Id };

/** Carries news to every node, in the order told by each. Lost news is no harm: devices pull. */
export type Bus = {
	tell: (news: News[]) => void;
	/** Answers how to stop hearing. */
	hear: (listener: (news: News[]) => void) => () => void;
	close: () => Promise<void>;
};

/** The bus of a Talas that is one process. */
export function localBus(): Bus {
	const emitter = new EventEmitter();
	return {
		tell: (news) => void emitter.emit('news', news),
		hear: (listener) => {
			emitter.on('news', listener);
			return () => emitter.off('news', listener);
		},
		close: async () => void emitter.removeAllListeners()
	};
}
