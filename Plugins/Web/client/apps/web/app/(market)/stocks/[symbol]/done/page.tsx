import { useEffect, useState } from 'react';
import Link from 'next/link';
import { useParams, useSearchParams } from 'next/navigation';
import type { Order } from '@lonja/api/contract';
import { decimal, sign } from '@lonja/domain/decimal';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Facts } from '@lonja/ui-web/base/Facts';
import { Notice } from '@lonja/ui-web/base/Notice';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { Private } from '@lonja/ui-web/base/Private';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { Spinner } from '@lonja/ui-web/base/Spinner';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useCodeText } from '@lonja/ui-web/context/problem';
import { useResource } from '@lonja/ui-web/context/store';
import { CancelDialog } from '@lonja/ui-web/trade/CancelDialog';
import { useRequestFacts } from '@lonja/ui-web/trade/requestFacts';

export const messages = ['ticket'] as const;

/** What has become of the order: only what the server says is done is called done. */
export default function DonePage(): JSX.Element {
    return (
        <Private>
            <Done />
        </Private>
    );
}

function Done(): JSX.Element {
    const id = useSearchParams().get('order') ?? '';
    const symbol = useParams()['symbol'] ?? '';
    const lonja = useLonja();
    const texts = useMessages('ticket');
    const resource = lonja.order(id);
    const { value: order, problem } = useResource(resource);
    const pending = order?.state === 'pending';
    useEffect(() => {
        if (!pending) return undefined;
        // The stream tells too; this holds where it does not come through.
        const timer = setInterval(() => void resource.refresh(), 1_500);
        return () => clearInterval(timer);
    }, [pending, resource]);
    if (order === undefined) {
        if (problem !== undefined) {
            return (
                <div className="mx-auto flex max-w-xl flex-col gap-4">
                    <PageTitle title={texts.rows.order} />
                    <ProblemNotice problem={problem} onRetry={() => void resource.refresh()} />
                </div>
            );
        }
        return (
            <div className="mx-auto flex max-w-xl flex-col gap-6">
                <Skeleton className="h-10 w-40" />
                <Skeleton className="h-64 w-full" />
            </div>
        );
    }
    return <Outcome order={order} symbol={symbol} />;
}

function Outcome({ order, symbol }: { order: Order; symbol: string }): JSX.Element {
    const texts = useMessages('ticket');
    const { order: words } = useMessages('common');
    const format = useFormat();
    const requestFacts = useRequestFacts();
    const reason = useCodeText(order.problem ?? '');
    const [cancelling, setCancelling] = useState(false);
    const { rows } = texts;
    const filled = decimal(order.filledQuantity);
    return (
        <div className="mx-auto flex max-w-xl flex-col gap-6">
            <div className="flex items-center gap-3">
                <PageTitle title={texts.doneTitle[order.state]} />
                {order.state === 'pending' && <Spinner size={24} />}
            </div>
            {order.state === 'filled' && (
                <Notice mood="good" announced>
                    <FilledText order={order} />
                </Notice>
            )}
            {order.state === 'open' && (
                <Notice mood="info" announced>
                    <p>{texts.doneText.open}</p>
                </Notice>
            )}
            {order.state === 'pending' && (
                <Notice mood="info">
                    <p>{texts.doneText.pending}</p>
                </Notice>
            )}
            {order.state === 'rejected' && (
                <Notice mood="bad" announced>
                    <p>{reason ?? words.states.rejected}</p>
                </Notice>
            )}
            <Card>
                <Facts
                    facts={[
                        ...requestFacts(order),
                        { name: rows.state, value: words.states[order.state] },
                        ...(sign(filled) > 0
                            ? [{ name: rows.filled, value: texts.shares(format.decimal(filled)) }]
                            : []),
                        ...(order.averagePrice === undefined
                            ? []
                            : [{ name: rows.average, value: format.price(order.averagePrice) }]),
                        ...(order.fee === undefined ? [] : [{ name: rows.fee, value: format.money(order.fee) }]),
                        { name: rows.number, value: <code className="text-xs break-all">{order.id}</code> },
                    ]}
                />
            </Card>
            <div className="flex flex-wrap gap-3">
                <Link href="/wallet" className={buttonClasses('main')}>{texts.toWallet}</Link>
                <Link href={`/stocks/${encodeURIComponent(symbol)}`} className={buttonClasses('plain')}>
                    {texts.again}
                </Link>
                {order.state === 'open' && (
                    <Button look="danger" onClick={() => setCancelling(true)}>{texts.cancel}</Button>
                )}
            </div>
            {cancelling && <CancelDialog order={order} onClose={() => setCancelling(false)} />}
        </div>
    );
}

function FilledText({ order }: { order: Order }): JSX.Element {
    const { order: words } = useMessages('common');
    const format = useFormat();
    if (order.averagePrice === undefined) return <p>{words.states.filled}</p>;
    const quantity = format.decimal(decimal(order.filledQuantity));
    return <p>{words.filledNow(order.side, quantity, order.symbol, format.price(order.averagePrice))}</p>;
}
