import { useState } from 'react';
import Link from 'next/link';
import type { Order } from '@lonja/api/contract';
import { Badge } from '@lonja/ui-web/base/Badge';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { CancelDialog } from '@lonja/ui-web/trade/CancelDialog';
import { useRequestFacts } from '@lonja/ui-web/trade/requestFacts';

/** Orders that wait or are on their way, as they change. */
export function OrdersCard(): JSX.Element {
    const lonja = useLonja();
    const { value, problem } = useResource(lonja.openOrders);
    const { orders } = useMessages('wallet');
    const [cancelling, setCancelling] = useState<Order>();
    return (
        <Card title={orders.title}>
            {value === undefined && problem === undefined && <Skeleton className="h-12 w-full" />}
            {value === undefined && problem !== undefined && (
                <ProblemNotice
                    problem={problem}
                    title={orders.failed}
                    onRetry={() => void lonja.openOrders.refresh()}
                />
            )}
            {value?.length === 0 && <p className="text-soft">{orders.none}</p>}
            <ul>
                {value?.map((order) => (
                    <OpenOrder
                        key={order.id}
                        order={order}
                        onCancel={() => setCancelling(order)}
                    />
                ))}
            </ul>
            {cancelling !== undefined && <CancelDialog order={cancelling} onClose={() => setCancelling(undefined)} />}
        </Card>
    );
}

function OpenOrder({ order, onCancel }: { order: Order; onCancel: () => void }): JSX.Element {
    const { orders } = useMessages('wallet');
    const { order: texts } = useMessages('common');
    const { cancel } = useMessages('ticket');
    const facts = useRequestFacts()(order);
    const format = useFormat();
    return (
        <li className="flex flex-col gap-2 border-t border-line py-3 first:border-0 first:pt-0">
            <p className="flex flex-wrap items-center justify-between gap-2">
                <Link
                    href={`/stocks/${encodeURIComponent(order.symbol)}/done?order=${encodeURIComponent(order.id)}`}
                    className="font-bold text-accent underline"
                >
                    {facts[0]?.value}
                </Link>
                <Badge mood={order.state === 'open' ? 'accent' : 'plain'}>{texts.states[order.state]}</Badge>
            </p>
            <p className="tabular text-sm text-soft">
                {facts.slice(1).map((fact) => <span key={fact.name} className="block">{fact.name}: {fact.value}</span>)}
                {order.createdAt !== undefined && (
                    <span className="block">{orders.placed(format.time(order.createdAt))}</span>
                )}
            </p>
            {order.state === 'open' && (
                <Button
                    size="small"
                    look="danger"
                    aria-label={orders.cancel(order.symbol)}
                    onClick={onCancel}
                    className="self-start"
                >
                    {cancel}
                </Button>
            )}
        </li>
    );
}
