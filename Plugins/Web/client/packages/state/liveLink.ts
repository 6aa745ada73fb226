/** How the prices on the screen are kept up. */
export type LiveState = 'idle' | 'connecting' | 'live' | 'stale' | 'paused';

/** Milliseconds without a word of the stream after which prices are called stale. */
export const staleAfter = 10_000;

/** When a stream was last heard of; no I/O. */
export interface LiveFacts {
    readonly paused: boolean;
    /** Whether this tab shows any price. */
    readonly wanted: boolean;
    readonly heardAt: number | undefined;
    readonly since: number;
}

export function liveState(facts: LiveFacts, now: number): LiveState {
    if (facts.paused) return 'paused';
    if (!facts.wanted) return 'idle';
    const quiet = now - (facts.heardAt ?? facts.since);
    if (quiet >= staleAfter) return 'stale';
    return facts.heardAt === undefined ? 'connecting' : 'live';
}

/**
 * Milliseconds before the next try: twice as long each time up to the most, less a random part so that not all come at
 * once.
 */
export function retryDelay(failures: number, random: number): number {
    const most = Math.min(15_000, 500 * 2 ** Math.min(failures, 6));
    return most * (0.5 + random / 2);
}
