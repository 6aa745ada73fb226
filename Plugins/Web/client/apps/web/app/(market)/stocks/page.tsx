import { useEffect, useMemo, useState } from 'react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { Company } from '@lonja/api/contract';
import { listStocks, sectorsOf } from '@lonja/domain/stockList';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Empty } from '@lonja/ui-web/base/Empty';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja, useWatched } from '@lonja/ui-web/context/lonja';
import { useWide } from '@lonja/ui-web/context/media';
import { useResource, useStore } from '@lonja/ui-web/context/store';
import { LiveMarker } from '@lonja/ui-web/market/LiveMarker';
import { MarketClock } from '@lonja/ui-web/market/MarketClock';
import { filterOf, searchOf } from './filter';
import { StockCards } from './StockCards';
import { StockFilters } from './StockFilters';
import { StockTable } from './StockTable';
import { StocksLoading } from './StocksLoading';

const none: readonly Company[] = [];

export const messages = ['stocks'] as const;

/** Every company, live. */
export default function Stocks(): JSX.Element {
    const lonja = useLonja();
    const texts = useMessages('stocks');
    const companies = useResource(lonja.companies);
    const watched = useStore(lonja.watchlist);
    const [pathname, search, router] = [usePathname(), useSearchParams(), useRouter()];
    const wide = useWide(768);
    const filter = filterOf(search);
    const all = companies.value ?? none;
    const symbols = useMemo(() => all.map((company) => company.symbol), [all]);
    useWatched(symbols);
    const priced = usePriced(symbols);
    const shown = useMemo(
        () =>
            listStocks(
                all,
                filterOf(search),
                (symbol) => (priced === 0 ? undefined : lonja.quotes.quote(symbol)),
                watched ?? new Set(),
            ),
        // Rows keep their places while prices move: they are sorted anew when something else is asked for.
        [all, search, watched, priced, lonja],
    );
    const change = (next: Partial<typeof filter>): void => {
        router.replace(pathname + searchOf({ ...filter, ...next }), { scroll: false });
    };
    const body = (): JSX.Element => {
        if (companies.value === undefined) {
            return companies.problem === undefined ? <StocksLoading wide={wide} /> : (
                <div className="p-4">
                    <ProblemNotice
                        problem={companies.problem}
                        title={texts.failed}
                        onRetry={() => void lonja.companies.refresh()}
                    />
                </div>
            );
        }
        if (shown.length === 0) {
            const unwatched = filter.watchedOnly && (watched?.size ?? 0) === 0;
            return (
                <Empty icon={unwatched ? 'star' : 'search'} title={unwatched ? texts.nothingWatched : texts.none}>
                    <p>{unwatched ? texts.nothingWatchedText : texts.noneText}</p>
                    <Button onClick={() => change({ query: '', sector: '', watchedOnly: false })}>{texts.clear}</Button>
                </Empty>
            );
        }
        return wide
            ? <StockTable companies={shown} filter={filter} onSort={change} />
            : <StockCards companies={shown} />;
    };
    return (
        <div className="flex flex-col gap-6">
            <div className="flex flex-col gap-3 sm:flex-row sm:items-end sm:justify-between">
                <div className="flex flex-col gap-2">
                    <PageTitle title={texts.title} />
                    <MarketClock />
                </div>
                <LiveMarker />
            </div>
            <StockFilters filter={filter} sectors={sectorsOf(all)} onChange={change} />
            <Card flush className="overflow-hidden">
                {body()}
            </Card>
            <p role="status" className="text-sm text-soft">
                {companies.value !== undefined && texts.count(shown.length, all.length)}
            </p>
        </div>
    );
}

/** How many of the companies have a price; changes a few times only, when the prices come. */
function usePriced(symbols: readonly string[]): number {
    const { quotes } = useLonja();
    const [priced, setPriced] = useState(0);
    useEffect(() => {
        const count = (): void => setPriced(symbols.filter((symbol) => quotes.quote(symbol) !== undefined).length);
        count();
        const ends = symbols.filter((symbol) => quotes.quote(symbol) === undefined).map((symbol) =>
            quotes.entry(symbol).subscribe(count)
        );
        return () => ends.forEach((end) => end());
    }, [symbols, quotes]);
    return priced;
}
