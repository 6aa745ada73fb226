import type { Quote } from '@lonja/api/contract';
import { compare, decimal } from '@lonja/domain/decimal';
import { useState } from 'react';
import { classes } from '../base/classes';
import { Skeleton } from '../base/Skeleton';
import { useFormat, useMessages } from '../context/language';
import { useLonja } from '../context/lonja';

/** A price that may move: a short glow says which way it went. Who hears the page is not told of each move. */
export function LivePrice(
    { quote, symbol, className }: { quote: Quote | undefined; symbol: string; className?: string },
): JSX.Element {
    const format = useFormat();
    const lonja = useLonja();
    const { market } = useMessages('common');
    const price = quote?.price;
    const [shown, setShown] = useState({ amount: price?.amount, moved: 0 });
    if (shown.amount !== price?.amount) {
        const known = shown.amount !== undefined && price !== undefined;
        setShown({
            amount: price?.amount,
            moved: known ? compare(decimal(price.amount), decimal(shown.amount ?? '')) : 0,
        });
    }
    if (price === undefined) {
        const reason = lonja.quotes.missing(symbol);
        if (reason === undefined) return <Skeleton className={classes('inline-block h-5 w-20', className)} />;
        const texts: Readonly<Record<string, string>> = market.missing;
        return <span title={texts[reason]} className="text-sm text-soft">{market.noPrice}</span>;
    }
    const { moved } = shown;
    return (
        <span
            key={price.amount}
            title={quote?.stale === true ? market.stale : undefined}
            className={classes(
                'tabular -mx-1 rounded-sm px-1 whitespace-nowrap',
                moved > 0 && 'animate-rise',
                moved < 0 && 'animate-fall',
                quote?.stale === true && 'text-soft',
                className,
            )}
        >
            {format.price(price)}
            {quote?.stale === true && <span className="sr-only">{` (${market.stale})`}</span>}
        </span>
    );
}
