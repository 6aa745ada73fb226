import type { Bar } from '@lonja/api/contract';
import { useFormat, useMessages } from '../context/language';

/** The numbers that the chart draws, the newest first. */
export function BarTable({ bars, currency }: { bars: readonly Bar[]; currency: string }): JSX.Element {
    const { chart, columns } = useMessages('stock');
    const format = useFormat();
    const price = (amount: string): string => format.price({ amount, currency });
    return (
        // Scrolled by the keys as well, as it takes the focus.
        <div
            role="region"
            aria-label={`${chart.title}: ${chart.views.table}`}
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            className="relative h-80 overflow-auto rounded-md border border-line sm:h-105"
        >
            <table className="w-full text-sm">
                <caption className="sr-only">{chart.title}</caption>
                <thead className="sticky top-0 bg-surface text-soft">
                    <tr>
                        <th scope="col" className="p-2 text-left">{columns.date}</th>
                        <th scope="col" className="p-2 text-right max-sm:hidden">{columns.open}</th>
                        <th scope="col" className="p-2 text-right">{columns.high}</th>
                        <th scope="col" className="p-2 text-right">{columns.low}</th>
                        <th scope="col" className="p-2 text-right">{columns.close}</th>
                        <th scope="col" className="p-2 text-right max-sm:hidden">{columns.volume}</th>
                    </tr>
                </thead>
                <tbody>
                    {[...bars].reverse().map((bar) => (
                        <tr key={bar.date} className="border-t border-line">
                            <th scope="row" className="p-2 text-left font-normal whitespace-nowrap">
                                {format.day(bar.date)}
                            </th>
                            <td className="p-2 text-right max-sm:hidden">{price(bar.open)}</td>
                            <td className="p-2 text-right">{price(bar.high)}</td>
                            <td className="p-2 text-right">{price(bar.low)}</td>
                            <td className="p-2 text-right">{price(bar.close)}</td>
                            <td className="p-2 text-right max-sm:hidden">{format.count(bar.volume)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
