import { memo } from 'react';
import Link from 'next/link';
import type { Company } from '@lonja/api/contract';
import type { SortKey, StockFilter } from '@lonja/domain/stockList';
import { Badge } from '@lonja/ui-web/base/Badge';
import { classes } from '@lonja/ui-web/base/classes';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useQuote } from '@lonja/ui-web/context/lonja';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { Change } from '@lonja/ui-web/market/Change';
import { LivePrice } from '@lonja/ui-web/market/LivePrice';
import { MonthLine } from '@lonja/ui-web/market/MonthLine';
import { WatchButton } from '@lonja/ui-web/market/WatchButton';
import { sorted } from './filter';

interface StockTableProps {
    readonly companies: readonly Company[];
    readonly filter: StockFilter;
    readonly onSort: (change: Pick<StockFilter, 'sort' | 'descending'>) => void;
}

/** Companies in rows, sorted by the heads of their columns (ARIA pattern "sortable table"). */
export function StockTable({ companies, filter, onSort }: StockTableProps): JSX.Element {
    const { title, columns } = useMessages('stocks');
    const head = (key: SortKey, className: string): JSX.Element => {
        const active = filter.sort === key;
        return (
            <th
                scope="col"
                aria-sort={active ? (filter.descending ? 'descending' : 'ascending') : 'none'}
                className={className}
            >
                <button
                    type="button"
                    onClick={() => onSort(sorted(filter, key))}
                    className={classes(
                        'inline-flex min-h-11 items-center gap-1 rounded-sm font-bold hover:text-ink',
                        active && 'text-ink',
                    )}
                >
                    {columns[key]}
                    <Icon name={active ? (filter.descending ? 'sort-down' : 'sort-up') : 'sort'} size={16} />
                </button>
            </th>
        );
    };
    return (
        <table className="w-full">
            <caption className="sr-only">{title}</caption>
            <thead className="border-b border-line text-sm text-soft">
                <tr>
                    {head('name', 'pl-6 text-left')}
                    {head('sector', 'hidden px-3 text-left lg:table-cell')}
                    <th scope="col" className="hidden px-3 text-left lg:table-cell">{columns.month}</th>
                    {head('price', 'px-3 text-right')}
                    {head('change', 'px-3 text-right')}
                    {head('volume', 'px-3 text-right')}
                    <th scope="col" className="w-14">
                        <span className="sr-only">{columns.watched}</span>
                    </th>
                </tr>
            </thead>
            <tbody>
                {companies.map((company) => <Row key={company.symbol} company={company} />)}
            </tbody>
        </table>
    );
}

const Row = memo(function Row({ company }: { company: Company }): JSX.Element {
    const quote = useQuote(company.symbol);
    const { sectors } = useMessages('stocks');
    const { market } = useMessages('common');
    const format = useFormat();
    return (
        <tr className="relative border-b border-line last:border-0 hover:bg-hover">
            <th scope="row" className="py-2 pl-6 text-left font-normal">
                <Link
                    href={`/stocks/${encodeURIComponent(company.symbol)}`}
                    className="block rounded-sm after:absolute after:inset-0"
                >
                    <span className="block font-bold">{company.name}</span>
                    <span className="flex items-center gap-2 text-sm text-soft">
                        {company.symbol}
                        {company.synthetic && <Badge title={market.syntheticLong}>{market.synthetic}</Badge>}
                    </span>
                </Link>
            </th>
            <td className="hidden px-3 text-sm text-soft lg:table-cell">{sectors[company.sector] ?? company.sector}</td>
            <td className="hidden px-3 lg:table-cell">
                <MonthLine symbol={company.symbol} />
            </td>
            <td className="px-3 text-right">
                <LivePrice quote={quote} symbol={company.symbol} className="font-bold" />
            </td>
            <td className="px-3 text-right">
                {quote === undefined
                    ? <Skeleton className="ml-auto h-5 w-16" />
                    : <Change fraction={quote.changePercent} tinted />}
            </td>
            <td className="px-3 text-right text-sm text-soft">
                {quote?.day === undefined ? '–' : format.compact(quote.day.volume)}
            </td>
            <td className="pr-3">
                <WatchButton symbol={company.symbol} />
            </td>
        </tr>
    );
});
