import type { Holding, Money, OrderPreview, PlaceOrderRequest, Quote } from '@lonja/api/contract';
import type { Decimal } from './decimal';
import { compare, decimal, decimalText, divide, multiply, round, sign, subtract } from './decimal';

export type Side = 'buy' | 'sell';

/** What is typed into a ticket, as it is typed: nothing of it is lost by a fault or a change of language. */
export interface Draft {
    readonly side: Side;
    readonly type: 'market' | 'limit';
    readonly by: 'quantity' | 'amount';
    readonly quantity: string;
    readonly amount: string;
    readonly limitPrice: string;
    readonly timeInForce: 'day' | 'gtc';
}

export const emptyDraft: Draft = {
    side: 'buy',
    type: 'market',
    by: 'amount',
    quantity: '',
    amount: '',
    limitPrice: '',
    timeInForce: 'day',
};

export type DraftField = 'quantity' | 'amount' | 'limitPrice';

/** Why a field cannot be taken. */
export type DraftFault =
    | { readonly field: DraftField; readonly fault: 'empty' | 'invalid' | 'zero' | 'too-fine' }
    | { readonly field: DraftField; readonly fault: 'ambiguous'; readonly readings: readonly [Decimal, Decimal] }
    /** More than the client has to pay with, or to sell. */
    | { readonly field: DraftField; readonly fault: 'cash'; readonly has: Money }
    | { readonly field: DraftField; readonly fault: 'shares'; readonly has: Decimal };

/** A typed number as its language reads it. */
export type NumberReader = (text: string) =>
    | { readonly kind: 'number'; readonly value: Decimal }
    | { readonly kind: 'empty' }
    | { readonly kind: 'invalid' }
    | { readonly kind: 'ambiguous'; readonly readings: readonly [Decimal, Decimal] };

/** Decimals that the exchange takes. */
const places: Readonly<Record<DraftField, number>> = { quantity: 9, amount: 2, limitPrice: 4 };

/** The order that a draft asks for, or all that is wrong with it. */
export function orderOf(symbol: string, draft: Draft, read: NumberReader): PlaceOrderRequest | readonly DraftFault[] {
    const faults: DraftFault[] = [];
    const value = (field: DraftField, text: string): string => {
        const typed = read(text);
        if (typed.kind === 'ambiguous') faults.push({ field, fault: 'ambiguous', readings: typed.readings });
        else if (typed.kind !== 'number') faults.push({ field, fault: typed.kind });
        else if (sign(typed.value) <= 0) faults.push({ field, fault: 'zero' });
        else if (
            round(typed.value, places[field]).units * 10n ** BigInt(typed.value.scale) !==
                typed.value.units * 10n ** BigInt(places[field])
        ) faults.push({ field, fault: 'too-fine' });
        else return decimalText(typed.value);
        return '';
    };
    const size = draft.by === 'amount'
        ? { amount: value('amount', draft.amount) }
        : { quantity: value('quantity', draft.quantity) };
    const limit = draft.type === 'limit'
        ? { limitPrice: value('limitPrice', draft.limitPrice), timeInForce: draft.timeInForce }
        : {};
    if (faults.length > 0) return faults;
    return { symbol, side: draft.side, type: draft.type, ...size, ...limit };
}

/** About how many shares or how much cash a draft is, at the price shown; without fees. */
export function estimate(draft: Draft, quote: Quote | undefined, read: NumberReader): Decimal | undefined {
    const priceText = quote?.price?.amount;
    const limit = draft.type === 'limit' ? read(draft.limitPrice) : undefined;
    const price = limit !== undefined
        ? (limit.kind === 'number' ? limit.value : undefined)
        : priceText === undefined
        ? undefined
        : decimal(priceText);
    if (price === undefined || sign(price) <= 0) return undefined;
    const size = read(draft.by === 'amount' ? draft.amount : draft.quantity);
    if (size.kind !== 'number') return undefined;
    return draft.by === 'amount' ? divide(size.value, price, 4) : round(multiply(size.value, price), 2);
}

/** Whether the order needs more than there is, as far as that is known; the exchange itself looks when it is placed. */
export function lacking(
    request: PlaceOrderRequest,
    preview: OrderPreview,
    cash: Money | undefined,
    holding: Holding | undefined,
): DraftFault | undefined {
    const field = request.amount === undefined ? 'quantity' : 'amount';
    if (request.side === 'buy') {
        if (cash === undefined || preview.total?.currency !== cash.currency) return undefined;
        return compare(decimal(preview.total.amount), decimal(cash.amount)) > 0
            ? { field, fault: 'cash', has: cash }
            : undefined;
    }
    if (holding === undefined) return undefined;
    const has = subtract(decimal(holding.quantity), decimal(holding.held));
    return compare(decimal(preview.quantity), has) > 0 ? { field, fault: 'shares', has } : undefined;
}

/** Of a preview: the sum before its fee. */
export function previewSubtotal(preview: OrderPreview): Decimal | undefined {
    if (preview.price === undefined) return undefined;
    return round(multiply(decimal(preview.price.amount), decimal(preview.quantity)), 2);
}
