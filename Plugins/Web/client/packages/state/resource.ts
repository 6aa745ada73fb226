import { APIProblem } from '@lonja/api/transport';
import { Store } from './store';

/** Something of the API: what is known of it, what went wrong the last time, and whether it is being asked for. */
export interface Loaded<Value> {
    readonly value: Value | undefined;
    readonly problem: APIProblem | undefined;
    readonly loading: boolean;
}

export type Fetcher<Value> = (signal: AbortSignal) => Promise<Value>;

/** Milliseconds after which a value is asked for again by who comes anew. */
const fresh = 5_000;

/** Asked for when the first one wants it. A newer question makes the answer of an older one count no more. */
export class Resource<Value> extends Store<Loaded<Value>> {
    private running: AbortController | undefined;
    private loadedAt = Number.NEGATIVE_INFINITY;

    constructor(private readonly fetcher: Fetcher<Value>, private readonly now: () => number = Date.now) {
        super({ value: undefined, problem: undefined, loading: false });
    }

    protected override begin(): void {
        if (this.running === undefined && this.now() - this.loadedAt > fresh) void this.refresh();
    }

    /** Settles when it is known how it went; never throws. */
    async refresh(): Promise<void> {
        this.running?.abort();
        const mine = new AbortController();
        this.running = mine;
        this.update((before) => ({ ...before, loading: true }));
        try {
            const value = await this.fetcher(mine.signal);
            if (this.running !== mine) return;
            this.loadedAt = this.now();
            this.set({ value, problem: undefined, loading: false });
        } catch (error) {
            if (this.running !== mine) return;
            const problem = error instanceof APIProblem ? error : new APIProblem('internal', 0, String(error));
            this.update((before) => ({ value: before.value, problem, loading: false }));
        } finally {
            if (this.running === mine) this.running = undefined;
        }
    }

    /** What is known otherwise, as from an answer to a change. */
    put(value: Value): void {
        this.running?.abort();
        this.running = undefined;
        this.loadedAt = this.now();
        this.set({ value, problem: undefined, loading: false });
    }

    /** As if it had never been asked for. */
    forget(): void {
        this.running?.abort();
        this.running = undefined;
        this.loadedAt = Number.NEGATIVE_INFINITY;
        this.set({ value: undefined, problem: undefined, loading: false });
    }

    /** Whoever comes next asks again; whoever is there gets it now. */
    invalidate(): void {
        this.loadedAt = Number.NEGATIVE_INFINITY;
        if (this.watched) void this.refresh();
    }
}
