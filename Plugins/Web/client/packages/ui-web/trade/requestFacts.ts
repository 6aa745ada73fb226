import type { Order, PlaceOrderRequest } from '@lonja/api/contract';
import { decimal } from '@lonja/domain/decimal';
import type { Fact } from '../base/Facts';
import { useFormat, useMessages } from '../context/language';

/** What was asked for, of an order or before it is one. */
export function useRequestFacts(): (request: PlaceOrderRequest | Order) => readonly Fact[] {
    const { rows, types, times, shares } = useMessages('ticket');
    const { words } = useMessages('common');
    const format = useFormat();
    return (request) => {
        const side = request.side === 'sell' ? words.sell : words.buy;
        const type = request.type === 'limit' ? types.limit : types.market;
        const size = request.amount !== undefined
            ? format.money({ amount: request.amount, currency: 'USD' })
            : shares(format.decimal(decimal(request.quantity ?? '0')));
        return [
            { name: rows.order, value: `${side} ${request.symbol} · ${type}` },
            { name: rows.size, value: size },
            ...(request.limitPrice === undefined ? [] : [
                {
                    name: rows.limit,
                    value: format.money({ amount: request.limitPrice, currency: 'USD' }, 'negative', 4),
                },
                { name: rows.valid, value: request.timeInForce === 'gtc' ? times.gtc : times.day },
            ]),
        ];
    };
}
