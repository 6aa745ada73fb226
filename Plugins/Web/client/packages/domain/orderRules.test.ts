import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Money, Quote } from '@lonja/api/contract';
import { decimalText, parseDecimal } from './decimal';
import type { Draft, NumberReader } from './orderRules';
import { emptyDraft, estimate, lacking, orderOf } from './orderRules';

const read: NumberReader = (text) => {
    if (text === '') return { kind: 'empty' };
    const value = parseDecimal(text);
    return value === undefined ? { kind: 'invalid' } : { kind: 'number', value };
};

const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, ...change });
const usd = (amount: string): Money => ({ amount, currency: 'USD' });
const quote = { price: { amount: '673.55', currency: 'USD' } } as Quote;

test('a market order has a size and nothing else', () => {
    assert.deepEqual(orderOf('AAPL', draft({ amount: '1000', limitPrice: '5' }), read), {
        symbol: 'AAPL',
        side: 'buy',
        type: 'market',
        amount: '1000',
    });
    assert.deepEqual(
        orderOf('AAPL', draft({ by: 'quantity', quantity: '1.500', amount: 'rest', side: 'sell' }), read),
        {
            symbol: 'AAPL',
            side: 'sell',
            type: 'market',
            quantity: '1.500',
        },
    );
});

test('a limit order has a price and a time', () => {
    assert.deepEqual(
        orderOf(
            'AAPL',
            draft({ type: 'limit', by: 'quantity', quantity: '2', limitPrice: '600.5', timeInForce: 'gtc' }),
            read,
        ),
        {
            symbol: 'AAPL',
            side: 'buy',
            type: 'limit',
            quantity: '2',
            limitPrice: '600.5',
            timeInForce: 'gtc',
        },
    );
});

test('all that is wrong is told at once', () => {
    assert.deepEqual(orderOf('AAPL', draft({ type: 'limit', by: 'quantity', quantity: 'two' }), read), [
        { field: 'quantity', fault: 'invalid' },
        { field: 'limitPrice', fault: 'empty' },
    ]);
    assert.deepEqual(orderOf('AAPL', draft({ amount: '0.00' }), read), [{ field: 'amount', fault: 'zero' }]);
    assert.deepEqual(orderOf('AAPL', draft({ amount: '10.005' }), read), [{ field: 'amount', fault: 'too-fine' }]);
    assert.deepEqual(orderOf('AAPL', draft({ by: 'quantity', quantity: '0.0000000001' }), read), [{
        field: 'quantity',
        fault: 'too-fine',
    }]);
});

test('estimates are exact', () => {
    const shares = estimate(draft({ amount: '1000' }), quote, read);
    assert.equal(shares === undefined ? '' : decimalText(shares), '1.4847');
    const cash = estimate(draft({ by: 'quantity', quantity: '3' }), quote, read);
    assert.equal(cash === undefined ? '' : decimalText(cash), '2020.65');
    assert.equal(estimate(draft({ amount: '' }), quote, read), undefined);
    assert.equal(estimate(draft({ amount: '5' }), undefined, read), undefined);
});

test('more than there is is told before it is placed', () => {
    const preview = {
        price: { amount: '10', currency: 'USD' },
        quantity: '3',
        fee: usd('0.01'),
        total: usd('30.01'),
        delaySeconds: 0,
    };
    const order = { symbol: 'AAPL', side: 'buy', type: 'market', quantity: '3' } as const;
    assert.equal(lacking(order, preview, usd('30.01'), undefined), undefined);
    assert.deepEqual(lacking(order, preview, usd('30.00'), undefined), {
        field: 'quantity',
        fault: 'cash',
        has: usd('30.00'),
    });
    assert.equal(lacking(order, preview, undefined, undefined), undefined);
    const holding = {
        symbol: 'AAPL',
        quantity: '4',
        held: '1.5',
        delaySeconds: 0,
        stale: false,
        source: '',
        weight: '',
    };
    const fault = lacking({ ...order, side: 'sell' }, preview, undefined, holding);
    assert.equal(fault?.fault === 'shares' ? decimalText(fault.has) : '', '2.5');
    assert.equal(lacking({ ...order, side: 'sell' }, preview, undefined, { ...holding, held: '1' }), undefined);
});
