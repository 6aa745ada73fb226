import { decimal, drawn } from '@lonja/domain/decimal';

interface SparklineProps {
    /** Prices, the oldest first. */
    readonly prices: readonly string[];
    readonly width?: number;
    readonly height?: number;
    readonly className?: string;
}

/** The way of a price in a line without axes; the numbers beside it say the same to who does not see it. */
export function Sparkline({ prices, width = 96, height = 32, className }: SparklineProps): JSX.Element {
    const values = prices.map((price) => drawn(decimal(price)));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const span = high - low || 1;
    const x = (index: number): number => 1 + (index / Math.max(values.length - 1, 1)) * (width - 2);
    const y = (value: number): number => height - 2 - ((value - low) / span) * (height - 4);
    const line = values.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
        .join('');
    const rising = (values[values.length - 1] ?? 0) >= (values[0] ?? 0);
    return (
        <svg
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            aria-hidden="true"
            focusable="false"
            preserveAspectRatio="none"
            className={className}
        >
            {values.length > 1 && (
                <path
                    d={line}
                    fill="none"
                    className={rising ? 'stroke-up' : 'stroke-down'}
                    strokeWidth="1.5"
                    strokeLinejoin="round"
                    vectorEffect="non-scaling-stroke"
                />
            )}
        </svg>
    );
}
