/** What one tab wants of the stream. */
export interface Want {
    readonly symbols: readonly string[];
    readonly orders: boolean;
}

/** A stream takes so many symbols at once. */
export const mostSymbols = 100;

/** What the tabs of a browser want together; a tab that is not heard of for a while wants nothing. No I/O. */
export class Wants {
    private readonly tabs = new Map<string, { want: Want; at: number }>();

    constructor(private readonly patience: number) {}

    put(tab: string, want: Want, now: number): void {
        this.tabs.set(tab, { want, at: now });
    }

    remove(tab: string): void {
        this.tabs.delete(tab);
    }

    together(now: number): Want {
        const symbols = new Set<string>();
        let orders = false;
        for (const [tab, { want, at }] of this.tabs) {
            if (now - at > this.patience) {
                this.tabs.delete(tab);
                continue;
            }
            for (const symbol of want.symbols) symbols.add(symbol);
            orders ||= want.orders;
        }
        return { symbols: [...symbols].sort().slice(0, mostSymbols), orders };
    }
}

export function sameWant(left: Want, right: Want): boolean {
    return left.orders === right.orders && left.symbols.join() === right.symbols.join();
}
