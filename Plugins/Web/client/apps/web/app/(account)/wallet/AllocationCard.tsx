import type { Holding } from '@lonja/api/contract';
import { add, decimal, decimalText, divide, drawn } from '@lonja/domain/decimal';
import { Card } from '@lonja/ui-web/base/Card';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';

/** Which part of all is what; cash is a position like others. */
export function AllocationCard({ holdings }: { holdings: readonly Holding[] }): JSX.Element | null {
    const { value: wallet } = useResource(useLonja().wallet);
    const { allocation } = useMessages('wallet');
    const format = useFormat();
    if (wallet?.value === undefined || wallet.cash === undefined) return null;
    const cash = add(decimal(wallet.cash.amount), decimal(wallet.held?.amount ?? '0'));
    const cashPart = divide(cash, decimal(wallet.value.amount), 6);
    const parts = holdings.filter((holding) => holding.weight !== '').map((holding) => ({
        name: holding.symbol,
        weight: holding.weight,
    }));
    const all = [...parts, { name: allocation.cash, weight: cashPart === undefined ? '0' : decimalText(cashPart) }]
        .sort((left, right) => drawn(decimal(right.weight)) - drawn(decimal(left.weight)));
    return (
        <Card title={allocation.title}>
            <ul className="flex flex-col gap-3">
                {all.map(({ name, weight }) => (
                    <li key={name} className="flex flex-col gap-1">
                        <span className="flex justify-between gap-4 text-sm">
                            <b>{name}</b>
                            <span className="tabular">{format.percent(weight, 'negative', 1)}</span>
                        </span>
                        <svg width="100%" height="8" aria-hidden="true" focusable="false" className="rounded-full">
                            <rect width="100%" height="8" className="fill-sunken" />
                            <rect
                                width={`${Math.max(drawn(decimal(weight)) * 100, 0.5)}%`}
                                height="8"
                                rx="4"
                                className={name === allocation.cash ? 'fill-edge' : 'fill-accent'}
                            />
                        </svg>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
