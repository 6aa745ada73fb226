/** A bar as it is drawn. Numbers here are only for the screen; what is written beside it comes from the exact ones. */
export interface DrawnBar {
    readonly date: string;
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
    readonly volume: number;
}

export interface ChartColours {
    readonly text: string;
    readonly line: string;
    readonly accent: string;
    readonly up: string;
    readonly down: string;
    readonly volume: string;
}

export type ChartStyle = 'line' | 'candles';

/** A drawing of prices; which library draws it is known to its adapter alone. */
export interface PriceChart {
    show(bars: readonly DrawnBar[], style: ChartStyle): void;
    /** The last bar, or one after it. */
    update(bar: DrawnBar): void;
    colour(colours: ChartColours, locale: string): void;
    /** Marks a bar by its date; nothing marks none. */
    mark(bar: DrawnBar | undefined): void;
    remove(): void;
}

export interface ChartEvents {
    /** The pointer is at the bar of a date, or has left. */
    readonly onPoint: (date: string | undefined) => void;
}

export type MakeChart = (container: HTMLElement, events: ChartEvents) => PriceChart;
