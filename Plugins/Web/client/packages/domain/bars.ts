import type { Bar, Quote } from '@lonja/api/contract';
import { compare, decimal, decimalText, divide, subtract } from './decimal';

/** The trading day of a price: of the day that is replayed, where one is. */
export function dayOf(quote: Quote): string | undefined {
    return (quote.replayedTime ?? quote.asOf)?.slice(0, 10);
}

/**
 * The history with today as far as it has come; nothing is added where the last bar is of today or of longer than a
 * day.
 */
export function withToday(bars: readonly Bar[], quote: Quote | undefined, interval: string): readonly Bar[] {
    const last = bars[bars.length - 1];
    const date = quote === undefined ? undefined : dayOf(quote);
    if (last === undefined || quote?.day === undefined || quote.price === undefined || date === undefined) return bars;
    if (interval !== '1d' || date <= last.date) return bars;
    const { open, high, low, volume } = quote.day;
    const close = quote.price.amount;
    return [...bars, {
        date,
        open,
        volume,
        close,
        high: compare(decimal(close), decimal(high)) > 0 ? close : high,
        low: compare(decimal(close), decimal(low)) < 0 ? close : low,
    }];
}

/** From the first close to the last one, as a fraction. */
export function changeOver(bars: readonly Bar[]): string | undefined {
    const [first, last] = [bars[0], bars[bars.length - 1]];
    if (first === undefined || last === undefined) return undefined;
    const change = divide(subtract(decimal(last.close), decimal(first.close)), decimal(first.close), 6);
    return change === undefined ? undefined : decimalText(change);
}
