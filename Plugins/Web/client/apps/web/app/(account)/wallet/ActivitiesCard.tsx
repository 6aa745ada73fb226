import { decimal } from '@lonja/domain/decimal';
import { Card } from '@lonja/ui-web/base/Card';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Amount } from '@lonja/ui-web/market/Amount';

/** What changed the account beside buying and selling. */
export function ActivitiesCard(): JSX.Element | null {
    const { value } = useResource(useLonja().activities);
    const { activities } = useMessages('wallet');
    const format = useFormat();
    if (value === undefined || value.length === 0) return null;
    return (
        <Card title={activities.title}>
            <ul>
                {value.map((activity) => (
                    <li
                        key={activity.id}
                        className="flex justify-between gap-4 border-b border-line py-2 last:border-0"
                    >
                        <span>
                            <b>{activities.kinds[activity.kind] ?? activity.kind}</b> {activity.symbol}{' '}
                            <span className="text-sm text-soft">{format.day(activity.date)}</span>
                        </span>
                        <span className="tabular">
                            {activity.amount === undefined
                                ? format.decimal(decimal(activity.quantity === '' ? '0' : activity.quantity), 'always')
                                : <Amount value={activity.amount} />}
                        </span>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
