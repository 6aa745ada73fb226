import type { Chart, Series } from 'lightweight-charts';
import { AreaSeries, CandlestickSeries, createChart, HistogramSeries } from 'lightweight-charts';
import type { ChartColours, ChartStyle, DrawnBar, MakeChart } from '../port';

const nothing: ChartColours = { text: '', line: '', accent: '', up: '', down: '', volume: '' };

/**
 * Lightweight Charts of TradingView (Apache-2.0). Its logo needs inline styles; the page's foot has the link instead.
 */
export const makeChart: MakeChart = (container, events) => {
    const chart = createChart(container, {
        autoSize: true,
        layout: {
            attributionLogo: false,
            background: { type: 'solid', color: 'transparent' },
            fontSize: 12,
            fontFamily: 'Inter, system-ui, sans-serif',
        },
        grid: { vertLines: { visible: false } },
        rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.22 } },
        timeScale: { borderVisible: false, rightOffset: 1, fixLeftEdge: true, fixRightEdge: true },
        crosshair: { horzLine: { labelVisible: false, visible: false }, vertLine: { labelVisible: false } },
        handleScroll: false,
        handleScale: false,
    });
    const volume = chart.addSeries(HistogramSeries, {
        priceScaleId: '',
        priceLineVisible: false,
        lastValueVisible: false,
    });
    volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
    let drawn = draw(chart, 'line');
    let style: ChartStyle = 'line';
    let colours = nothing;
    chart.subscribeCrosshairMove((event) => events.onPoint(event.time));
    return {
        show(bars, next) {
            if (next !== style) {
                chart.removeSeries(drawn.series as Series<never>);
                drawn = draw(chart, next);
                style = next;
                drawn.colour(colours);
            }
            drawn.set(bars);
            volume.setData(bars.map((bar) => ({ time: bar.date, value: bar.volume })));
            chart.timeScale().fitContent();
        },
        update(bar) {
            drawn.update(bar);
            volume.update({ time: bar.date, value: bar.volume });
        },
        colour(next, locale) {
            const digits = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
            colours = next;
            chart.applyOptions({
                layout: { textColor: next.text },
                grid: { horzLines: { color: next.line } },
                crosshair: { vertLine: { color: next.text } },
                localization: { locale, priceFormatter: (price: number) => digits.format(price) },
            });
            volume.applyOptions({ color: next.volume });
            drawn.colour(next);
        },
        mark(bar) {
            if (bar === undefined) chart.clearCrosshairPosition();
            // Nothing can be marked before it is drawn.
            else if (drawn.drawnAt(bar)) chart.setCrosshairPosition(bar.close, bar.date, drawn.series as Series<never>);
        },
        remove() {
            chart.remove();
        },
    };
};

interface Drawn {
    readonly series: unknown;
    readonly set: (bars: readonly DrawnBar[]) => void;
    readonly update: (bar: DrawnBar) => void;
    readonly drawnAt: (bar: DrawnBar) => boolean;
    readonly colour: (colours: ChartColours) => void;
}

function draw(chart: Chart, style: ChartStyle): Drawn {
    if (style === 'candles') {
        const series = chart.addSeries(CandlestickSeries, { priceLineVisible: false });
        const point = ({ date, open, high, low, close }: DrawnBar) => ({ time: date, open, high, low, close });
        return {
            series,
            set: (bars) => series.setData(bars.map(point)),
            update: (bar) => series.update(point(bar)),
            drawnAt: isDrawn(chart, series),
            // A bar that rises is hollow, so that colour alone does not tell.
            colour: ({ up, down }) =>
                series.applyOptions({
                    upColor: 'transparent',
                    borderUpColor: up,
                    wickUpColor: up,
                    downColor: down,
                    borderDownColor: down,
                    wickDownColor: down,
                }),
        };
    }
    const series = chart.addSeries(AreaSeries, { lineWidth: 2, priceLineVisible: false });
    const point = (bar: DrawnBar) => ({ time: bar.date, value: bar.close });
    return {
        series,
        set: (bars) => series.setData(bars.map(point)),
        update: (bar) => series.update(point(bar)),
        drawnAt: isDrawn(chart, series),
        colour: ({ accent }) =>
            series.applyOptions({ lineColor: accent, topColor: `${accent}2e`, bottomColor: `${accent}00` }),
    };
}

function isDrawn(chart: Chart, series: Pick<Series<never>, 'priceToCoordinate'>): (bar: DrawnBar) => boolean {
    return (bar) =>
        chart.timeScale().timeToCoordinate(bar.date) !== null && series.priceToCoordinate(bar.close) !== null;
}
