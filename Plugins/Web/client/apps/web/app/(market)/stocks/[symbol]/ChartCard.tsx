import { useMemo } from 'react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { Company } from '@lonja/api/contract';
import { changeOver, withToday } from '@lonja/domain/bars';
import { Card } from '@lonja/ui-web/base/Card';
import { Empty } from '@lonja/ui-web/base/Empty';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { BarTable } from '@lonja/ui-web/chart/BarTable';
import { StockChart } from '@lonja/ui-web/chart/StockChart';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja, useQuote } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Segments } from '@lonja/ui-web/form/Segments';
import { Change } from '@lonja/ui-web/market/Change';

const ranges = ['1w', '1m', '3m', '6m', '1y', '5y', 'max'] as const;
const views = ['line', 'candles', 'table'] as const;

/** The past of a price, over a span that the address keeps. */
export function ChartCard({ company }: { company: Company }): JSX.Element {
    const lonja = useLonja();
    const [pathname, search, router] = [usePathname(), useSearchParams(), useRouter()];
    const { chart } = useMessages('stock');
    const range = ranges.find((each) => each === search.get('range')) ?? '3m';
    const view = views.find((each) => each === search.get('view')) ?? 'line';
    const history = lonja.history(company.symbol, range);
    const { value, problem } = useResource(history);
    const quote = useQuote(company.symbol);
    const bars = useMemo(() => withToday(value?.items ?? [], quote, value?.interval ?? ''), [value, quote]);
    const change = (name: string, to: string): void => {
        const next = new URLSearchParams(search);
        next.set(name, to);
        router.replace(`${pathname}?${next.toString()}`, { scroll: false });
    };
    const fraction = changeOver(bars);
    const body = (): JSX.Element => {
        if (value === undefined) {
            if (problem !== undefined) {
                return (
                    <ProblemNotice
                        problem={problem}
                        title={chart.failed}
                        onRetry={() => void history.refresh()}
                    />
                );
            }
            return <Skeleton className="h-79 w-full sm:h-103" />;
        }
        if (bars.length === 0) {
            return (
                <Empty icon="clock" title={chart.empty}>
                    <p>{chart.emptyText}</p>
                </Empty>
            );
        }
        if (view === 'table') return <BarTable bars={bars} currency={company.currency} />;
        return <StockChart name={company.name} currency={company.currency} bars={bars} style={view} />;
    };
    return (
        <Card
            title={chart.title}
            aside={fraction === undefined ? <Skeleton className="h-5 w-44" /> : (
                <span className="text-sm text-soft">
                    <Change fraction={fraction} /> {chart.over(chart.rangesLong[range])}
                </span>
            )}
        >
            <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
                <Segments<typeof ranges[number]>
                    label={chart.range}
                    value={range}
                    size="small"
                    onChange={(next) => change('range', next)}
                    segments={ranges.map((each) => ({
                        value: each,
                        label: chart.ranges[each],
                        title: chart.rangesLong[each],
                    }))}
                />
                <Segments<typeof views[number]>
                    label={chart.view}
                    value={view}
                    size="small"
                    onChange={(next) => change('view', next)}
                    segments={views.map((each) => ({ value: each, label: chart.views[each] }))}
                />
            </div>
            {body()}
        </Card>
    );
}
