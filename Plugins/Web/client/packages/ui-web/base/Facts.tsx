import type { ReactNode } from 'react';
import { classes } from './classes';

export interface Fact {
    readonly name: string;
    readonly value: ReactNode;
    /** The one that counts. */
    readonly main?: boolean;
}

/** What things are, one below the other. */
export function Facts({ facts, columns = false }: { facts: readonly Fact[]; columns?: boolean }): JSX.Element {
    return (
        <dl className={classes('grid gap-x-8', columns && 'sm:grid-cols-2')}>
            {facts.map((fact) => (
                <div
                    key={fact.name}
                    className={classes(
                        'flex items-baseline justify-between gap-4 border-b border-line py-2 last:border-0',
                        fact.main === true && 'text-lg font-bold',
                    )}
                >
                    <dt className={fact.main === true ? '' : 'text-soft'}>{fact.name}</dt>
                    <dd className="tabular text-right">{fact.value}</dd>
                </div>
            ))}
        </dl>
    );
}
