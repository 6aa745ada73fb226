import { Card } from '@lonja/ui-web/base/Card';
import { Facts } from '@lonja/ui-web/base/Facts';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Gain } from '@lonja/ui-web/market/Gain';

/** Profit by where it comes from. */
export function SplitCard(): JSX.Element {
    const { value: wallet } = useResource(useLonja().wallet);
    const { split } = useMessages('wallet');
    return (
        <Card title={split.title}>
            <Facts
                facts={[
                    { name: split.unrealised, value: <Gain value={wallet?.unrealised} /> },
                    { name: split.realised, value: <Gain value={wallet?.realised} /> },
                    { name: split.dividends, value: <Gain value={wallet?.dividends} /> },
                    { name: split.total, value: <Gain value={wallet?.profit} />, main: true },
                ]}
            />
            <p className="mt-3 text-sm text-soft">{split.note}</p>
        </Card>
    );
}
