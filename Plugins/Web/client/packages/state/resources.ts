import type { Fetcher } from './resource';
import { Resource } from './resource';

/** Entries kept before those that nobody watches go. */
const most = 200;

/**
 * Resources by key, so that two who want the same ask once. Keys are paths: "history/AAPL/1m"; those of the client
 * begin
 * with "my/", and those that an order changes with "my/trading/".
 */
export class Resources {
    private readonly kept = new Map<string, Resource<unknown>>();

    get<Value>(key: string, fetcher: Fetcher<Value>): Resource<Value> {
        // A key always comes with the same fetcher, so its type is the one asked for.
        const found = this.kept.get(key) as Resource<Value> | undefined;
        if (found !== undefined) return found;
        if (this.kept.size >= most) this.sweep();
        const made = new Resource(fetcher);
        this.kept.set(key, made as unknown as Resource<unknown>);
        return made;
    }

    /** Those whose key begins so are asked for again. */
    invalidate(prefix: string): void {
        for (const [key, resource] of this.kept) {
            if (key.startsWith(prefix)) resource.invalidate();
        }
    }

    /**
     * Forgets those whose key begins so, as when another one logs in; asks anew for what is shown, if that may be had.
     */
    forget(prefix: string, again: boolean): void {
        for (const [key, resource] of this.kept) {
            if (!key.startsWith(prefix)) continue;
            resource.forget();
            if (again) resource.invalidate();
            else if (!resource.watched) this.kept.delete(key);
        }
    }

    private sweep(): void {
        for (const [key, resource] of this.kept) {
            if (!resource.watched) this.kept.delete(key);
        }
    }
}
