import type { KeyboardEvent } from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Bar } from '@lonja/api/contract';
import type { ChartColours, ChartStyle, DrawnBar, PriceChart } from '@lonja/chart/port';
import { decimal, drawn } from '@lonja/domain/decimal';
import { localeOf } from '@lonja/i18n/language';
import { useFormat, useLanguage, useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { useStore } from '../context/store';

interface StockChartProps {
    readonly name: string;
    readonly currency: string;
    readonly bars: readonly Bar[];
    readonly style: ChartStyle;
}

/** Prices as a drawing, which the keys move through point by point and which says each of them (ARIA role "slider"). */
export function StockChart({ name, currency, bars, style }: StockChartProps): JSX.Element {
    const box = useRef<HTMLDivElement>(null);
    const [chart, setChart] = useState<PriceChart>();
    const [chosen, setChosen] = useState<string>();
    const { language } = useLanguage();
    const { theme, palette } = useStore(useLonja().preferences);
    const { chart: texts, columns } = useMessages('stock');
    const format = useFormat();
    const points = useMemo(() => bars.map(drawnBar), [bars]);

    useEffect(() => {
        let made: PriceChart | undefined;
        let gone = false;
        // The library is as large as all the rest, so it comes after the page.
        void import('@lonja/chart/lightweight/adapter').then(({ makeChart }) => {
            if (gone || box.current === null) return;
            made = makeChart(box.current, { onPoint: setChosen });
            setChart(made);
        });
        return () => {
            gone = true;
            made?.remove();
        };
    }, []);
    useEffect(() => {
        const paint = (): void => chart?.colour(colours(), localeOf(language));
        paint();
        const dark = matchMedia('(prefers-color-scheme: dark)');
        dark.addEventListener('change', paint);
        return () => dark.removeEventListener('change', paint);
    }, [chart, theme, palette, language]);
    const shown = useRef<{ chart: PriceChart; style: ChartStyle; points: readonly DrawnBar[] }>();
    useEffect(() => {
        if (chart === undefined) return;
        const [before, last] = [shown.current, points[points.length - 1]];
        const moved = before !== undefined && before.chart === chart && before.style === style && last !== undefined &&
            before.points[0]?.date === points[0]?.date && Math.abs(before.points.length - points.length) <= 1 &&
            before.points.length <= points.length;
        if (moved) chart.update(last);
        else chart.show(points, style);
        shown.current = { chart, style, points };
    }, [chart, points, style]);

    const found = chosen === undefined ? -1 : bars.findIndex((bar) => bar.date === chosen);
    const index = found < 0 ? bars.length - 1 : found;
    const bar = bars[index];
    const price = (amount: string): string => format.price({ amount, currency });
    const move = (event: KeyboardEvent): void => {
        const next = nextIndex(event.key, index, bars.length);
        if (next === undefined) return;
        event.preventDefault();
        setChosen(bars[next]?.date);
        chart?.mark(points[next]);
    };
    return (
        <div className="flex flex-col gap-2">
            {bar !== undefined && (
                <p
                    aria-hidden="true"
                    className="tabular flex min-h-10 flex-wrap items-baseline gap-x-4 text-sm text-soft sm:min-h-5"
                >
                    <b className="text-ink">{format.day(bar.date)}</b>
                    {([['open', bar.open], ['high', bar.high], ['low', bar.low], ['close', bar.close]] as const).map((
                        [key, amount],
                    ) => (
                        <span key={key}>
                            {columns[key]} <span className="text-ink">{price(amount)}</span>
                        </span>
                    ))}
                    <span className="max-sm:hidden">
                        {columns.volume} <span className="text-ink">{format.compact(bar.volume)}</span>
                    </span>
                </p>
            )}
            <div
                role="slider"
                tabIndex={0}
                aria-label={texts.label(name)}
                aria-orientation="horizontal"
                onKeyDown={move}
                aria-valuemin={0}
                aria-valuemax={bars.length - 1}
                aria-valuenow={index}
                aria-valuetext={bar === undefined ? '' : texts.point(format.day(bar.date, 'long'), price(bar.close))}
                onBlur={() => {
                    setChosen(undefined);
                    chart?.mark(undefined);
                }}
                className="rounded-md"
            >
                <div ref={box} aria-hidden="true" className="h-72 sm:h-96" />
            </div>
        </div>
    );
}

function nextIndex(key: string, index: number, count: number): number | undefined {
    const steps: Readonly<Record<string, number>> = {
        ArrowRight: 1,
        ArrowUp: 1,
        ArrowLeft: -1,
        ArrowDown: -1,
        PageUp: 10,
        PageDown: -10,
        Home: -count,
        End: count,
    };
    const step = steps[key];
    return step === undefined ? undefined : Math.min(Math.max(index + step, 0), count - 1);
}

function drawnBar(bar: Bar): DrawnBar {
    const number = (text: string): number => drawn(decimal(text));
    return {
        date: bar.date,
        open: number(bar.open),
        high: number(bar.high),
        low: number(bar.low),
        close: number(bar.close),
        volume: bar.volume,
    };
}

/** What the style sheet makes of theme and palette. */
function colours(): ChartColours {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    return {
        text: of('soft'),
        line: of('line'),
        accent: of('accent'),
        up: of('up'),
        down: of('down'),
        volume: of('line'),
    };
}
