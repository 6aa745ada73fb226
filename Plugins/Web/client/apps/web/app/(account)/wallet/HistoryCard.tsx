import { useState } from 'react';
import type { Trade } from '@lonja/api/contract';
import { decimal } from '@lonja/domain/decimal';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Segments } from '@lonja/ui-web/form/Segments';
import { Select } from '@lonja/ui-web/form/Select';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { Amount } from '@lonja/ui-web/market/Amount';
import { DownloadButton } from './DownloadButton';

type Side = 'all' | 'buy' | 'sell';

/** What was bought and sold. */
export function HistoryCard({ symbols }: { symbols: readonly string[] }): JSX.Element {
    const lonja = useLonja();
    const { history: texts } = useMessages('wallet');
    const [side, setSide] = useState<Side>('all');
    const [symbol, setSymbol] = useState('');
    const [pages, setPages] = useState(1);
    const resource = lonja.trades(side === 'all' ? undefined : side, symbol === '' ? undefined : symbol, pages);
    const { value, problem, loading } = useResource(resource);
    const known = [
        ...new Set([
            ...symbols,
            ...(value?.items ?? []).map((trade) => trade.symbol),
            ...(symbol === '' ? [] : [symbol]),
        ]),
    ].sort();
    return (
        <Card
            title={texts.title}
            flush
            className="overflow-hidden"
            aside={
                <div className="flex flex-wrap items-center gap-3">
                    <Segments<Side>
                        label={texts.side}
                        value={side}
                        size="small"
                        onChange={setSide}
                        segments={(['all', 'buy', 'sell'] as const).map((each) => ({
                            value: each,
                            label: texts.sides[each],
                        }))}
                    />
                    <Select
                        aria-label={texts.symbol}
                        value={symbol}
                        onChange={(event) => setSymbol(event.target.value)}
                        className="min-h-10"
                    >
                        <option value="">{texts.allSymbols}</option>
                        {known.map((each) => <option key={each} value={each}>{each}</option>)}
                    </Select>
                    <DownloadButton />
                </div>
            }
        >
            {value === undefined && problem === undefined && (
                <div className="p-4">
                    <Skeleton className="h-32 w-full" />
                </div>
            )}
            {value === undefined && problem !== undefined && (
                <div className="p-4">
                    <ProblemNotice problem={problem} title={texts.failed} onRetry={() => void resource.refresh()} />
                </div>
            )}
            {value?.items.length === 0 && (
                <p className="border-t border-line p-4 text-soft sm:px-6">
                    {side === 'all' && symbol === '' ? texts.none : texts.noneLike}
                </p>
            )}
            <ul>{value?.items.map((trade) => <TradeItem key={trade.id} trade={trade} />)}</ul>
            {value?.more === true && (
                <div className="border-t border-line p-4 text-center">
                    <Button busy={loading} onClick={() => setPages(pages + 1)}>{texts.more}</Button>
                </div>
            )}
        </Card>
    );
}

function TradeItem({ trade }: { trade: Trade }): JSX.Element {
    const { history: texts } = useMessages('wallet');
    const format = useFormat();
    const sold = trade.side === 'sell';
    return (
        <li className="border-t border-line px-4 py-3 sm:px-6">
            <div className="flex items-baseline justify-between gap-4">
                <span className="tabular">
                    <b>{sold ? texts.sold : texts.bought} {trade.symbol}</b>
                    <span className="text-soft">
                        {` · ${format.decimal(decimal(trade.quantity))}`}
                        {trade.price !== undefined && ` × ${format.price(trade.price)}`}
                    </span>
                </span>
                <b className="whitespace-nowrap">
                    {sold ? '+' : '−'}
                    <Amount value={trade.total} />
                </b>
            </div>
            <div className="flex items-baseline justify-between gap-4 text-sm text-soft">
                <span className="tabular">{format.day(trade.date)}</span>
                <span>
                    {texts.fee}: <Amount value={trade.fee} />
                </span>
            </div>
            <details className="group mt-1 text-sm">
                <summary className="inline-flex min-h-6 list-none items-center gap-1 text-soft hover:text-ink">
                    <Icon name="info" size={16} />
                    {texts.why}
                </summary>
                <p lang="en" className="mt-1 text-soft">{trade.explanation}</p>
            </details>
        </li>
    );
}
