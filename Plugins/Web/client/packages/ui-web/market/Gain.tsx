import type { Money } from '@lonja/api/contract';
import { decimal, sign } from '@lonja/domain/decimal';
import { classes } from '../base/classes';
import { useMessages } from '../context/language';
import { Amount } from './Amount';

/** Profit or loss: with its sign, an arrow and a word; the colour only repeats that. */
export function Gain({ value }: { value: Money | undefined }): JSX.Element {
    const { market } = useMessages('common');
    if (value === undefined) return <span className="text-soft">–</span>;
    const to = sign(decimal(value.amount));
    return (
        <span
            className={classes(
                'inline-flex items-center gap-1',
                to > 0 ? 'text-up' : to < 0 ? 'text-down' : 'text-soft',
            )}
        >
            {to !== 0 && <span aria-hidden="true" className="text-[0.7em]">{to > 0 ? '▲' : '▼'}</span>}
            {to !== 0 && <span className="sr-only">{`${to > 0 ? market.up : market.down} `}</span>}
            <Amount value={value} signs="always" />
        </span>
    );
}
