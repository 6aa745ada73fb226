import { Card } from '@lonja/ui-web/base/Card';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';

/** The latest splits and dividends; nothing where there were none. */
export function ActionsCard({ symbol }: { symbol: string }): JSX.Element | null {
    const { value } = useResource(useLonja().actions(symbol));
    const { actions } = useMessages('stock');
    const format = useFormat();
    const latest = [...value ?? []].reverse().slice(0, 8);
    if (latest.length === 0) return null;
    return (
        <Card title={actions.title}>
            <ul>
                {latest.map((action) => (
                    <li
                        key={`${action.exDate} ${action.type}`}
                        className="flex justify-between gap-4 border-b border-line py-2 last:border-0"
                    >
                        <span className="tabular text-soft">{format.day(action.exDate)}</span>
                        <span className="text-right">
                            {action.amount === undefined
                                ? actions.split(format.count(action.newShares), format.count(action.oldShares))
                                : actions.dividend(format.price(action.amount))}
                        </span>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
