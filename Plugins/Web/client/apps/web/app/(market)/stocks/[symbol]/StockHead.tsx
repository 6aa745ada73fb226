import type { Company } from '@lonja/api/contract';
import { Badge } from '@lonja/ui-web/base/Badge';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useQuote } from '@lonja/ui-web/context/lonja';
import { Change } from '@lonja/ui-web/market/Change';
import { LiveMarker } from '@lonja/ui-web/market/LiveMarker';
import { LivePrice } from '@lonja/ui-web/market/LivePrice';
import { MarketClock } from '@lonja/ui-web/market/MarketClock';
import { WatchButton } from '@lonja/ui-web/market/WatchButton';

/** The name, and the price with all that is needed to judge it. */
export function StockHead({ symbol, company }: { symbol: string; company: Company | undefined }): JSX.Element {
    const quote = useQuote(symbol);
    const { market } = useMessages('common');
    const texts = useMessages('stock');
    const format = useFormat();
    const change = quote?.price === undefined
        ? undefined
        : format.money({ amount: quote.change, currency: quote.price.currency }, 'always');
    return (
        <div className="flex flex-col gap-x-8 gap-y-4 lg:flex-row lg:items-end lg:justify-between">
            <div className="flex min-w-0 flex-col gap-2">
                <div className="flex items-center gap-2">
                    <PageTitle title={company === undefined ? symbol : `${company.name} (${symbol})`}>
                        {company?.name ?? symbol}{' '}
                        <span className="text-soft">{company === undefined ? '' : symbol}</span>
                    </PageTitle>
                    <WatchButton symbol={symbol} />
                </div>
                <div className="flex min-h-6 flex-wrap items-center gap-2">
                    {company?.synthetic === true && <Badge title={market.syntheticLong}>{market.synthetic}</Badge>}
                    <MarketClock />
                </div>
            </div>
            <div className="flex flex-col gap-1 lg:items-end">
                <p className="flex min-h-11 flex-wrap items-baseline gap-3">
                    <LivePrice quote={quote} symbol={symbol} className="text-3xl font-bold" />
                    {quote !== undefined && <Change fraction={quote.changePercent} before={change} />}
                </p>
                <div className="flex min-h-9 flex-wrap items-center gap-x-3 text-sm text-soft">
                    <LiveMarker />
                    {quote?.asOf !== undefined && (
                        <span className="tabular">{texts.asOf(format.time(quote.asOf, 'seconds'))}</span>
                    )}
                    {(quote?.delaySeconds ?? 0) > 0 && (
                        <Badge>{market.delayed(format.count(Math.round((quote?.delaySeconds ?? 0) / 60)))}</Badge>
                    )}
                    {quote?.stale === true && <Badge mood="warn">{market.stale}</Badge>}
                    {quote?.fallback === true && (
                        <Badge mood="warn" title={texts.fallback}>{texts.source(quote.source)}</Badge>
                    )}
                </div>
            </div>
        </div>
    );
}
