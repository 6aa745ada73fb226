import Link from 'next/link';
import { Card } from '@lonja/ui-web/base/Card';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja, useQuote, useWatched } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Change } from '@lonja/ui-web/market/Change';
import { LiveMarker } from '@lonja/ui-web/market/LiveMarker';
import { LivePrice } from '@lonja/ui-web/market/LivePrice';
import { MonthLine } from '@lonja/ui-web/market/MonthLine';

const rows = ['first', 'second', 'third', 'fourth', 'fifth'];

/** A few companies with their prices, as they are listed first: whatever this exchange trades. */
export function DemoQuotes(): JSX.Element {
    const lonja = useLonja();
    const { value } = useResource(lonja.firstCompanies);
    const { quotes, demo, allStocks } = useMessages('home');
    const shown = (value ?? []).slice(0, rows.length);
    useWatched(shown.map((company) => company.symbol));
    return (
        <Card title={quotes} aside={<LiveMarker />}>
            <ul className="-mx-2">
                {rows.map((row, index) => {
                    const company = shown[index];
                    if (company !== undefined) {
                        return <DemoQuote key={row} symbol={company.symbol} name={company.name} />;
                    }
                    return value === undefined
                        ? (
                            <li key={row} className="flex h-14 items-center justify-between px-2">
                                <Skeleton className="h-8 w-32" />
                                <Skeleton className="h-8 w-20" />
                            </li>
                        )
                        : null;
                })}
            </ul>
            <p className="mt-3 border-t border-line pt-4 text-sm text-soft">
                {demo} <Link href="/stocks" className="font-bold text-accent underline">{allStocks}</Link>
            </p>
        </Card>
    );
}

function DemoQuote({ symbol, name }: { symbol: string; name: string }): JSX.Element {
    const quote = useQuote(symbol);
    return (
        <li className="relative flex h-14 items-center gap-3 rounded-md px-2 hover:bg-hover">
            <Link
                href={`/stocks/${encodeURIComponent(symbol)}`}
                className="min-w-0 flex-1 rounded-sm after:absolute after:inset-0"
            >
                <span className="block truncate font-bold">{name}</span>
                <span className="block text-sm text-soft">{symbol}</span>
            </Link>
            <MonthLine symbol={symbol} width={72} />
            <span className="flex w-24 shrink-0 flex-col items-end">
                <LivePrice quote={quote} symbol={symbol} className="font-bold" />
                <span className="h-5 text-sm">{quote !== undefined && <Change fraction={quote.changePercent} />}</span>
            </span>
        </li>
    );
}
