import { useState } from 'react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Empty } from '@lonja/ui-web/base/Empty';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { ValueLine } from '@lonja/ui-web/chart/ValueLine';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Segments } from '@lonja/ui-web/form/Segments';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { Amount } from '@lonja/ui-web/market/Amount';
import { Change } from '@lonja/ui-web/market/Change';

const ranges = ['1w', '1m', '3m', '1y', 'max'] as const;

/** What all was worth day by day. */
export function ValueCard(): JSX.Element {
    const lonja = useLonja();
    const [pathname, search, router] = [usePathname(), useSearchParams(), useRouter()];
    const range = ranges.find((each) => each === search.get('range')) ?? '1m';
    const resource = lonja.value(range);
    const { value, problem } = useResource(resource);
    const { value: performance } = useResource(lonja.performance(range));
    const [table, setTable] = useState(false);
    const { over } = useMessages('wallet');
    const format = useFormat();
    const points = value?.items ?? [];
    const body = (): JSX.Element => {
        if (value === undefined) {
            if (problem !== undefined) {
                return (
                    <ProblemNotice
                        problem={problem}
                        title={over.failed}
                        onRetry={() => void resource.refresh()}
                    />
                );
            }
            return <Skeleton className="h-64 w-full" />;
        }
        if (points.length < 2) {
            return (
                <Empty icon="clock" title={over.short}>
                    <p>{over.shortText}</p>
                </Empty>
            );
        }
        if (!table) return <ValueLine points={points} currency={value.currency} label={over.label} />;
        return (
            // Scrolled by the keys as well, as it takes the focus.
            <div
                role="region"
                aria-label={`${over.title}: ${over.range}`}
                // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
                tabIndex={0}
                className="relative h-64 overflow-auto rounded-md border border-line"
            >
                <table className="w-full text-sm">
                    <caption className="sr-only">{over.title}</caption>
                    <thead className="sticky top-0 bg-surface text-soft">
                        <tr>
                            <th scope="col" className="p-2 text-left">{over.date}</th>
                            <th scope="col" className="p-2 text-right">{over.flow}</th>
                            <th scope="col" className="p-2 text-right">{over.value}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {[...points.entries()].reverse().map(([index, point]) => (
                            <tr key={index} className="border-t border-line">
                                <th scope="row" className="p-2 text-left font-normal">{format.day(point.date)}</th>
                                <td className="p-2 text-right">
                                    <Amount value={{ amount: point.flow, currency: value.currency }} />
                                </td>
                                <td className="p-2 text-right">
                                    <Amount value={{ amount: point.value, currency: value.currency }} />
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        );
    };
    return (
        <Card
            title={over.title}
            aside={performance === undefined ? <Skeleton className="h-5 w-44" /> : (
                <span className="text-sm text-soft">
                    <Change fraction={performance.rate} /> {over.rangesLong[range]}
                </span>
            )}
        >
            <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
                <Segments<typeof ranges[number]>
                    label={over.range}
                    value={range}
                    size="small"
                    onChange={(next) => router.replace(`${pathname}?range=${next}`, { scroll: false })}
                    segments={ranges.map((each) => ({
                        value: each,
                        label: over.ranges[each],
                        title: over.rangesLong[each],
                    }))}
                />
                <Button size="small" look="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
                    <Icon name={table ? 'stocks' : 'table'} size={16} />
                    {table ? over.chart : over.table}
                </Button>
            </div>
            {body()}
        </Card>
    );
}
