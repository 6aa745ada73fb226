import type { KeyboardEvent, ReactNode } from 'react';
import { useRef } from 'react';
import { classes } from '../base/classes';

export interface Segment<Value extends string> {
    readonly value: Value;
    readonly label: ReactNode;
    readonly title?: string;
}

interface SegmentsProps<Value extends string> {
    readonly label: string;
    readonly value: Value;
    readonly segments: readonly Segment<Value>[];
    readonly onChange: (value: Value) => void;
    readonly size?: 'small' | 'normal';
    readonly wide?: boolean;
}

/** One of a few: a group of radio buttons (ARIA pattern "radiogroup"), moved through with the arrow keys. */
export function Segments<Value extends string>(properties: SegmentsProps<Value>): JSX.Element {
    const { label, value, segments, onChange, size = 'normal', wide = false } = properties;
    const group = useRef<HTMLDivElement>(null);
    const move = (event: KeyboardEvent): void => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const now = segments.findIndex((segment) => segment.value === value);
        const next = (now + step + segments.length) % segments.length;
        const chosen = segments[next];
        if (chosen === undefined) return;
        onChange(chosen.value);
        group.current?.querySelectorAll<HTMLButtonElement>('[role=radio]')[next]?.focus();
    };
    return (
        <div
            ref={group}
            role="radiogroup"
            aria-label={label}
            className={classes('inline-flex max-w-full rounded-md bg-sunken p-1', wide ? 'w-full' : 'self-start')}
        >
            {segments.map((segment) => (
                <button
                    key={segment.value}
                    type="button"
                    role="radio"
                    aria-checked={segment.value === value}
                    title={segment.title}
                    tabIndex={segment.value === value ? 0 : -1}
                    onKeyDown={move}
                    onClick={() => onChange(segment.value)}
                    className={classes(
                        'flex items-center justify-center gap-1.5 rounded-sm font-bold whitespace-nowrap ' +
                            'transition-colors duration-100',
                        wide && 'flex-1',
                        size === 'small' ? 'min-h-8 min-w-9 px-2.5 text-sm' : 'min-h-11 px-4',
                        segment.value === value ? 'bg-raised text-ink shadow-card' : 'text-soft hover:text-ink',
                    )}
                >
                    {segment.label}
                </button>
            ))}
        </div>
    );
}
