import { useMemo } from 'react';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { Private } from '@lonja/ui-web/base/Private';
import { Widget } from '@lonja/ui-web/base/Widget';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja, useWatched } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { LiveMarker } from '@lonja/ui-web/market/LiveMarker';
import { MarketClock } from '@lonja/ui-web/market/MarketClock';
import { ActivitiesCard } from './ActivitiesCard';
import { AllocationCard } from './AllocationCard';
import { HistoryCard } from './HistoryCard';
import { HoldingsCard } from './HoldingsCard';
import { OrdersCard } from './OrdersCard';
import { SplitCard } from './SplitCard';
import { Summary } from './Summary';
import { ValueCard } from './ValueCard';

export const messages = ['wallet', 'ticket'] as const;

/** All that the client has, and how it came about. */
export default function WalletPage(): JSX.Element {
    return <Private><Wallet /></Private>;
}

function Wallet(): JSX.Element {
    const { title } = useMessages('wallet');
    const lonja = useLonja();
    const holdings = useResource(lonja.holdings);
    const symbols = useMemo(() => (holdings.value ?? []).map((holding) => holding.symbol), [holdings.value]);
    useWatched(symbols);
    return (
        <div className="flex flex-col gap-6">
            <div className="flex flex-col gap-3 sm:flex-row sm:items-end sm:justify-between">
                <div className="flex flex-col gap-2"><PageTitle title={title} /><MarketClock /></div>
                <LiveMarker />
            </div>
            <Summary />
            <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
                <div className="flex min-w-0 flex-col gap-6">
                    <Widget><ValueCard /></Widget>
                    <HoldingsCard holdings={holdings} />
                </div>
                <div className="flex min-w-0 flex-col gap-6">
                    <OrdersCard />
                    <AllocationCard holdings={holdings.value ?? []} />
                    <SplitCard />
                </div>
            </div>
            <HistoryCard symbols={symbols} />
            <ActivitiesCard />
        </div>
    );
}
