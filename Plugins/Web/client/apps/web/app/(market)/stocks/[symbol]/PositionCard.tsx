import { decimal, sign } from '@lonja/domain/decimal';
import { Card } from '@lonja/ui-web/base/Card';
import { Facts } from '@lonja/ui-web/base/Facts';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource, useStore } from '@lonja/ui-web/context/store';
import { Amount } from '@lonja/ui-web/market/Amount';
import { Gain } from '@lonja/ui-web/market/Gain';

/** What the client owns of the company; nothing where that is nothing. */
export function PositionCard({ symbol }: { symbol: string }): JSX.Element | null {
    const lonja = useLonja();
    const open = useStore(lonja.session).kind === 'open';
    const { value: holding } = useResource(open ? lonja.holding(symbol) : undefined);
    const { position } = useMessages('stock');
    const format = useFormat();
    if (holding === undefined) return null;
    const held = decimal(holding.held);
    return (
        <Card title={position.title}>
            <Facts
                facts={[
                    { name: position.quantity, value: format.decimal(decimal(holding.quantity)) },
                    ...(sign(held) > 0 ? [{ name: position.held, value: format.decimal(held) }] : []),
                    { name: position.average, value: <Amount value={holding.averageCost} /> },
                    { name: position.value, value: <Amount value={holding.value} /> },
                    { name: position.profit, value: <Gain value={holding.profit} /> },
                ]}
            />
        </Card>
    );
}
