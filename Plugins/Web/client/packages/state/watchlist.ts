import type { API } from '@lonja/api/contract';
import { Store } from './store';

/** The companies that the client watches; nothing until it is known. What is shown is what the server has said. */
export class Watchlist extends Store<ReadonlySet<string> | undefined> {
    constructor(private readonly api: API) {
        super(undefined);
    }

    clientChanged(open: boolean): void {
        this.set(undefined);
        if (open) void this.load();
    }

    /** Throws the API's problem. */
    async toggle(symbol: string): Promise<boolean> {
        const watched = this.get()?.has(symbol) ?? false;
        await (watched ? this.api.unwatch({ symbol }) : this.api.watch({ symbol }));
        this.update((before) => {
            const after = new Set(before);
            if (watched) after.delete(symbol);
            else after.add(symbol);
            return after;
        });
        return !watched;
    }

    private async load(): Promise<void> {
        try {
            this.set(new Set((await this.api.listWatched()).symbols));
        } catch {
            // Without it stocks are shown unmarked; the next page tries again.
        }
    }
}
