import Link from 'next/link';
import type { Holding } from '@lonja/api/contract';
import { decimal } from '@lonja/domain/decimal';
import type { Loaded } from '@lonja/state/resource';
import { Card } from '@lonja/ui-web/base/Card';
import { Empty } from '@lonja/ui-web/base/Empty';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja, useQuote } from '@lonja/ui-web/context/lonja';
import { useWide } from '@lonja/ui-web/context/media';
import { Amount } from '@lonja/ui-web/market/Amount';
import { Change } from '@lonja/ui-web/market/Change';
import { Gain } from '@lonja/ui-web/market/Gain';
import { LivePrice } from '@lonja/ui-web/market/LivePrice';

/** The shares of each company. */
export function HoldingsCard({ holdings }: { holdings: Loaded<readonly Holding[]> }): JSX.Element {
    const lonja = useLonja();
    const { holdings: texts } = useMessages('wallet');
    const wide = useWide(640);
    const { value, problem } = holdings;
    if (value === undefined) {
        return (
            <Card title={texts.title}>
                {problem === undefined ? <Skeleton className="h-32 w-full" /> : (
                    <ProblemNotice
                        problem={problem}
                        title={texts.failed}
                        onRetry={() => void lonja.holdings.refresh()}
                    />
                )}
            </Card>
        );
    }
    if (value.length === 0) {
        return (
            <Card title={texts.title}>
                <Empty icon="stocks" title={texts.none}>
                    <p>{texts.noneText}</p>
                    <Link href="/stocks" className={buttonClasses('main')}>{texts.toStocks}</Link>
                </Empty>
            </Card>
        );
    }
    return (
        <Card title={texts.title} flush className="overflow-hidden">
            {wide
                ? <HoldingTable holdings={value} />
                : <ul>{value.map((holding) => <HoldingItem key={holding.symbol} holding={holding} />)}</ul>}
        </Card>
    );
}

function HoldingTable({ holdings }: { holdings: readonly Holding[] }): JSX.Element {
    const { holdings: texts } = useMessages('wallet');
    return (
        <table className="w-full">
            <caption className="sr-only">{texts.title}</caption>
            <thead className="border-y border-line text-sm text-soft">
                <tr>
                    <th scope="col" className="py-2 pl-6 text-left">{texts.company}</th>
                    <th scope="col" className="px-3 text-right">{texts.quantity}</th>
                    <th scope="col" className="px-3 text-right max-md:hidden">{texts.average}</th>
                    <th scope="col" className="px-3 text-right">{texts.price}</th>
                    <th scope="col" className="px-3 text-right">{texts.value}</th>
                    <th scope="col" className="py-2 pr-6 pl-3 text-right">{texts.profit}</th>
                </tr>
            </thead>
            <tbody>{holdings.map((holding) => <HoldingRow key={holding.symbol} holding={holding} />)}</tbody>
        </table>
    );
}

function HoldingRow({ holding }: { holding: Holding }): JSX.Element {
    const quote = useQuote(holding.symbol);
    const format = useFormat();
    return (
        <tr className="relative border-b border-line last:border-0 hover:bg-hover">
            <th scope="row" className="py-3 pl-6 text-left">
                <Link
                    href={`/stocks/${encodeURIComponent(holding.symbol)}`}
                    className="rounded-sm after:absolute after:inset-0"
                >
                    {holding.symbol}
                </Link>
            </th>
            <td className="px-3 text-right">{format.decimal(decimal(holding.quantity), 'negative', 4)}</td>
            <td className="px-3 text-right max-md:hidden">
                <Amount value={holding.averageCost} />
            </td>
            <td className="px-3 text-right">
                <span className="flex flex-col items-end">
                    <LivePrice quote={quote} symbol={holding.symbol} />
                    {quote !== undefined && (
                        <span className="text-sm">
                            <Change fraction={quote.changePercent} />
                        </span>
                    )}
                </span>
            </td>
            <td className="px-3 text-right font-bold">
                <Amount value={holding.value} />
            </td>
            <td className="py-3 pr-6 pl-3 text-right">
                <Gain value={holding.profit} />
            </td>
        </tr>
    );
}

function HoldingItem({ holding }: { holding: Holding }): JSX.Element {
    const quote = useQuote(holding.symbol);
    const { holdings: texts } = useMessages('wallet');
    const format = useFormat();
    return (
        <li className="relative flex justify-between gap-4 border-t border-line px-4 py-3">
            <Link
                href={`/stocks/${encodeURIComponent(holding.symbol)}`}
                className="flex flex-col rounded-sm after:absolute after:inset-0"
            >
                <b>{holding.symbol}</b>
                <span className="tabular text-sm text-soft">
                    {texts.quantity}: {format.decimal(decimal(holding.quantity), 'negative', 4)}
                </span>
                <span className="text-sm text-soft">
                    <LivePrice quote={quote} symbol={holding.symbol} />
                </span>
            </Link>
            <span className="flex flex-col items-end">
                <b>
                    <Amount value={holding.value} />
                </b>
                <span className="text-sm">
                    <Gain value={holding.profit} />
                </span>
            </span>
        </li>
    );
}
