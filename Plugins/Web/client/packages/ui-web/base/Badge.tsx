import type { ReactNode } from 'react';
import { classes } from './classes';

export type Mood = 'plain' | 'accent' | 'warn' | 'good' | 'bad';

const moods: Readonly<Record<Mood, string>> = {
    plain: 'bg-sunken text-soft',
    accent: 'bg-tint text-accent',
    warn: 'bg-warn-tint text-warn',
    good: 'bg-good-tint text-good',
    bad: 'bg-bad-tint text-bad',
};

/** A word about the thing beside it. */
export function Badge(
    { children, mood = 'plain', title }: { children: ReactNode; mood?: Mood; title?: string },
): JSX.Element {
    return (
        <span
            title={title}
            className={classes(
                'inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 text-xs font-bold whitespace-nowrap',
                moods[mood],
            )}
        >
            {children}
        </span>
    );
}
