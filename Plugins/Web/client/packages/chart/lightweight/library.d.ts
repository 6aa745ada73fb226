/** What of Lightweight Charts 5.1 is used here; the build puts the library itself in this place. */
export interface SeriesPoint {
    readonly time: string;
}

export interface ValuePoint extends SeriesPoint {
    readonly value: number;
    readonly color?: string;
}

export interface CandlePoint extends SeriesPoint {
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
}

export interface Series<Point extends SeriesPoint> {
    setData(points: readonly Point[]): void;
    update(point: Point): void;
    applyOptions(options: object): void;
    priceToCoordinate(price: number): number | null;
    priceScale(): { applyOptions(options: object): void };
}

export interface SeriesKind<Point extends SeriesPoint> {
    readonly point?: Point;
}

export interface MoveEvent {
    readonly time?: string;
    readonly logical?: number;
}

export interface Chart {
    addSeries<Point extends SeriesPoint>(kind: SeriesKind<Point>, options: object): Series<Point>;
    removeSeries(series: Series<never>): void;
    applyOptions(options: object): void;
    timeScale(): { fitContent(): void; timeToCoordinate(time: string): number | null };
    subscribeCrosshairMove(listener: (event: MoveEvent) => void): void;
    setCrosshairPosition(price: number, time: string, series: Series<never>): void;
    clearCrosshairPosition(): void;
    remove(): void;
}

export function createChart(container: HTMLElement, options: object): Chart;
export const AreaSeries: SeriesKind<ValuePoint>;
export const CandlestickSeries: SeriesKind<CandlePoint>;
export const HistogramSeries: SeriesKind<ValuePoint>;
