import { decimal, round, sign } from '@lonja/domain/decimal';
import { useFormat, useMessages } from '../context/language';
import { classes } from '../base/classes';

interface ChangeProps {
    /** A fraction, as the API gives it. */
    readonly fraction: string;
    /** Said before the percentage, as an amount. */
    readonly before?: string | undefined;
    readonly tinted?: boolean;
}

/** Up or down: an arrow, a sign and a word for who hears it; the colour only repeats that. */
export function Change({ fraction, before, tinted = false }: ChangeProps): JSX.Element {
    const format = useFormat();
    const { market } = useMessages('common');
    // What is shown as 0.00% is neither, unless an amount beside it says so.
    const exact = decimal(fraction);
    const to = sign(before === undefined ? round(exact, 4) : exact);
    const [arrow, word, colour, ground] = to > 0
        ? ['▲', market.up, 'text-up', 'bg-up-tint']
        : to < 0
        ? ['▼', market.down, 'text-down', 'bg-down-tint']
        : ['–', market.unchanged, 'text-soft', 'bg-sunken'];
    return (
        <span
            className={classes(
                'tabular inline-flex items-baseline gap-1 whitespace-nowrap',
                colour,
                tinted && `${ground} rounded-sm px-1.5 py-0.5 text-sm font-bold`,
            )}
        >
            <span aria-hidden="true" className="text-[0.7em]">{arrow}</span>
            <span className="sr-only">{`${word} `}</span>
            {before !== undefined && <span>{before}</span>}
            <span>{before === undefined ? format.percent(fraction) : `(${format.percent(fraction)})`}</span>
        </span>
    );
}
