import Link from 'next/link';
import { useParams } from 'next/navigation';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { Widget } from '@lonja/ui-web/base/Widget';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja, useWatched } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { Ticket } from '@lonja/ui-web/trade/Ticket';
import { ActionsCard } from './ActionsCard';
import { ChartCard } from './ChartCard';
import { FactsCard } from './FactsCard';
import { PositionCard } from './PositionCard';
import { StockHead } from './StockHead';

export const messages = ['stock', 'stocks', 'ticket'] as const;

/** One company: its price, its past, and the ticket to trade it. */
export default function Stock(): JSX.Element {
    const symbol = useParams()['symbol'] ?? '';
    const lonja = useLonja();
    const { value: company, problem } = useResource(lonja.company(symbol));
    const texts = useMessages('stock');
    useWatched([symbol]);
    if (company === undefined && problem !== undefined) {
        const unknown = problem.status === 404 || problem.status === 400;
        return (
            <div className="flex flex-col items-start gap-4">
                <PageTitle title={unknown ? texts.unknown : symbol} />
                {unknown
                    ? <p className="text-lg text-soft">{texts.unknownText(symbol)}</p>
                    : <ProblemNotice problem={problem} onRetry={() => void lonja.company(symbol).refresh()} />}
                <Link href="/stocks" className={buttonClasses('main')}>{texts.all}</Link>
            </div>
        );
    }
    return (
        <div className="flex flex-col gap-6">
            <Link
                href="/stocks"
                className="flex min-h-6 items-center gap-1 self-start text-sm font-bold text-accent hover:underline"
            >
                <Icon name="back" size={16} />
                {texts.all}
            </Link>
            <StockHead symbol={symbol} company={company} />
            <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
                <div className="flex min-w-0 flex-col gap-6">
                    {company === undefined ? <Skeleton className="h-120 w-full" /> : (
                        <Widget>
                            <ChartCard company={company} />
                        </Widget>
                    )}
                </div>
                <div className="flex flex-col gap-6 lg:row-span-2">
                    <div className="flex flex-col gap-6 lg:sticky lg:top-24">
                        <Ticket symbol={symbol} currency={company?.currency ?? 'USD'} />
                        <PositionCard symbol={symbol} />
                    </div>
                </div>
                <div className="flex min-w-0 flex-col gap-6">
                    <FactsCard symbol={symbol} company={company} />
                    <ActionsCard symbol={symbol} />
                </div>
            </div>
        </div>
    );
}
