import { memo } from 'react';
import Link from 'next/link';
import type { Company } from '@lonja/api/contract';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useMessages } from '@lonja/ui-web/context/language';
import { useQuote } from '@lonja/ui-web/context/lonja';
import { Change } from '@lonja/ui-web/market/Change';
import { LivePrice } from '@lonja/ui-web/market/LivePrice';
import { MonthLine } from '@lonja/ui-web/market/MonthLine';
import { WatchButton } from '@lonja/ui-web/market/WatchButton';

/** Companies on a phone: one below the other, nothing cut off. */
export function StockCards({ companies }: { companies: readonly Company[] }): JSX.Element {
    const { title } = useMessages('stocks');
    return (
        <ul aria-label={title}>{companies.map((company) => <StockCard key={company.symbol} company={company} />)}</ul>
    );
}

const StockCard = memo(function StockCard({ company }: { company: Company }): JSX.Element {
    const quote = useQuote(company.symbol);
    return (
        <li className="relative flex items-center gap-2 border-b border-line py-2.5 pr-4 pl-1 last:border-0">
            <WatchButton symbol={company.symbol} />
            <Link
                href={`/stocks/${encodeURIComponent(company.symbol)}`}
                className="min-w-0 flex-1 rounded-sm after:absolute after:inset-0"
            >
                <span className="block truncate font-bold">{company.name}</span>
                <span className="block text-sm text-soft">{company.symbol}</span>
            </Link>
            <span className="max-[25rem]:hidden">
                <MonthLine symbol={company.symbol} width={56} height={28} />
            </span>
            <span className="flex w-24 shrink-0 flex-col items-end">
                <LivePrice quote={quote} symbol={company.symbol} className="font-bold" />
                <span className="text-sm">
                    {quote === undefined
                        ? <Skeleton className="mt-1 h-4 w-14" />
                        : <Change fraction={quote.changePercent} />}
                </span>
            </span>
        </li>
    );
});
