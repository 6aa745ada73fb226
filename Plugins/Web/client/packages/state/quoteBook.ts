import type { MissingQuote, Quote } from '@lonja/api/contract';
import { Store } from './store';

/** The newest price known of each company. An older one never replaces a newer one. */
export class QuoteBook {
    private readonly entries = new Map<string, Store<Quote | undefined>>();
    private readonly reasons = new Map<string, string>();

    entry(symbol: string): Store<Quote | undefined> {
        const found = this.entries.get(symbol);
        if (found !== undefined) return found;
        const made = new Store<Quote | undefined>(undefined);
        this.entries.set(symbol, made);
        return made;
    }

    quote(symbol: string): Quote | undefined {
        return this.entries.get(symbol)?.get();
    }

    /** Why there is no price, as a code. */
    missing(symbol: string): string | undefined {
        return this.reasons.get(symbol);
    }

    put(quote: Quote): void {
        const entry = this.entry(quote.symbol);
        if (!newer(quote, entry.get())) return;
        this.reasons.delete(quote.symbol);
        entry.set(quote);
    }

    putMissing(missing: MissingQuote): void {
        this.reasons.set(missing.symbol, missing.problem);
    }
}

/** Whether a price may take the place of the one shown. */
export function newer(quote: Quote, shown: Quote | undefined): boolean {
    if (shown?.asOf === undefined || quote.asOf === undefined) return true;
    const [next, now] = [Date.parse(quote.asOf), Date.parse(shown.asOf)];
    if (next !== now) return next > now;
    return JSON.stringify(quote) !== JSON.stringify(shown);
}
