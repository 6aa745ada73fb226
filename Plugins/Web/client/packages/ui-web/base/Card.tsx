import type { ReactNode } from 'react';
import { classes } from './classes';

interface CardProps {
    readonly children: ReactNode;
    /** Names the card as a part of the page. */
    readonly title?: string;
    /** Stands at the title's end. */
    readonly aside?: ReactNode;
    readonly className?: string;
    /** Without room at its sides, as for a table. */
    readonly flush?: boolean;
}

/** A part of a page on a ground of its own. */
export function Card({ children, title, aside, className, flush = false }: CardProps): JSX.Element {
    const outer = classes('rounded-lg border border-line bg-surface shadow-card', !flush && 'p-4 sm:p-6', className);
    if (title === undefined) return <div className={outer}>{children}</div>;
    return (
        <section className={outer} aria-label={title}>
            <div
                className={classes(
                    'flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2',
                    flush ? 'p-4 sm:px-6' : 'mb-4',
                )}
            >
                <h2 className="text-lg">{title}</h2>
                {aside}
            </div>
            {children}
        </section>
    );
}
