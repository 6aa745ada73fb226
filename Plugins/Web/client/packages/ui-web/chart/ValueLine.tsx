import type { KeyboardEvent } from 'react';
import { useState } from 'react';
import type { ValuePoint } from '@lonja/api/contract';
import { decimal, drawn } from '@lonja/domain/decimal';
import { useFormat } from '../context/language';
import { Amount } from '../market/Amount';

const [width, height, pad] = [600, 220, 8];

/** Values by day in a line of our own; keys and pointer move through its points (ARIA role "slider"). */
export function ValueLine(
    { points, currency, label }: { points: readonly ValuePoint[]; currency: string; label: string },
): JSX.Element {
    const [chosen, setChosen] = useState<number>();
    const format = useFormat();
    const values = points.map((point) => drawn(decimal(point.value)));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const span = high - low || 1;
    const x = (index: number): number => (index / (points.length - 1)) * width;
    const y = (value: number): number => height - pad - ((value - low) / span) * (height - 2 * pad);
    const line = values.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
        .join('');
    const index = Math.min(chosen ?? points.length - 1, points.length - 1);
    const point = points[index];
    const move = (event: KeyboardEvent): void => {
        const steps: Readonly<Record<string, number>> = {
            ArrowRight: 1,
            ArrowUp: 1,
            ArrowLeft: -1,
            ArrowDown: -1,
            Home: -points.length,
            End: points.length,
        };
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        setChosen(Math.min(Math.max(index + step, 0), points.length - 1));
    };
    if (point === undefined) return <></>;
    return (
        <div className="flex flex-col gap-2">
            <p aria-hidden="true" className="flex gap-4 text-sm">
                <b>{format.day(point.date)}</b>
                <Amount value={{ amount: point.value, currency }} />
            </p>
            <div
                role="slider"
                tabIndex={0}
                aria-label={label}
                aria-orientation="horizontal"
                aria-valuemin={0}
                aria-valuemax={points.length - 1}
                aria-valuenow={index}
                aria-valuetext={`${format.day(point.date, 'long')}: ${format.money({ amount: point.value, currency })}`}
                onKeyDown={move}
                onBlur={() => setChosen(undefined)}
                onPointerLeave={() => setChosen(undefined)}
                onPointerMove={(event) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    setChosen(Math.round(((event.clientX - box.left) / box.width) * (points.length - 1)));
                }}
                className="h-56 touch-pan-y rounded-md"
            >
                <svg
                    viewBox={`0 0 ${width} ${height}`}
                    preserveAspectRatio="none"
                    aria-hidden="true"
                    focusable="false"
                    className="size-full overflow-visible"
                >
                    <path d={`${line}L${width} ${height}L0 ${height}Z`} className="fill-tint" />
                    <path
                        d={line}
                        fill="none"
                        className="stroke-accent"
                        strokeWidth="2"
                        strokeLinejoin="round"
                        vectorEffect="non-scaling-stroke"
                    />
                    {chosen !== undefined && (
                        <path
                            d={`M${x(index)} 0V${height}`}
                            className="stroke-soft"
                            strokeWidth="1"
                            vectorEffect="non-scaling-stroke"
                        />
                    )}
                </svg>
            </div>
            <p aria-hidden="true" className="flex justify-between text-xs text-soft">
                <span>{format.day(points[0]?.date ?? '')}</span>
                <span>{format.day(points[points.length - 1]?.date ?? '')}</span>
            </p>
        </div>
    );
}
