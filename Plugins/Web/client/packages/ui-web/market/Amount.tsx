import type { Money } from '@lonja/api/contract';
import { useFormat, useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { useStore } from '../context/store';
import type { Signs } from '@lonja/i18n/format';

/** An amount of the client's own money, which can be hidden from who looks over the shoulder. */
export function Amount({ value, signs = 'negative' }: { value: Money | undefined; signs?: Signs }): JSX.Element {
    const format = useFormat();
    const { settings } = useMessages('common');
    const { hideAmounts } = useStore(useLonja().preferences);
    if (value === undefined) return <span className="text-soft">–</span>;
    if (hideAmounts) {
        return (
            <span>
                <span aria-hidden="true">•••••</span>
                <span className="sr-only">{settings.hidden}</span>
            </span>
        );
    }
    return <span className="tabular whitespace-nowrap">{format.money(value, signs)}</span>;
}
