import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderPreview, PlaceOrderRequest } from '@lonja/api/contract';
import { emptyDraft } from '@lonja/domain/orderRules';
import { Tickets } from './tickets';

const order: PlaceOrderRequest = { symbol: 'AAPL', side: 'buy', type: 'market', amount: '1000' };
const preview: OrderPreview = { quantity: '1', delaySeconds: 0 };

function tickets(): { readonly of: () => Tickets } {
    const kept = new Map<string, string>();
    let keys = 0;
    const storage = {
        get: (name: string) => kept.get(name),
        set: (name: string, value: string | undefined) =>
            void (value === undefined ? kept.delete(name) : kept.set(name, value)),
    };
    // Another one over the same storage, as after a reload.
    return { of: () => new Tickets(storage, () => `key-${(keys += 1)}`) };
}

test('a review has one key, through reloads and going back', () => {
    const { of } = tickets();
    of().begin(order, preview);
    const key = of().review('AAPL')?.key;
    of().priced('AAPL', { ...preview, quantity: '2' });
    of().begin({ ...order }, preview);
    assert.equal(of().review('AAPL')?.key, key);
    of().begin({ ...order, amount: '1001' }, preview);
    assert.ok(of().review('AAPL')?.key !== key);
});

test('after it is placed the same order is another one', () => {
    const { of } = tickets();
    of().begin(order, preview);
    const key = of().review('AAPL')?.key;
    of().placed('AAPL', 'order-1');
    assert.equal(of().review('AAPL')?.orderID, 'order-1');
    of().begin(order, preview);
    assert.ok(of().review('AAPL')?.key !== key);
    assert.equal(of().review('AAPL')?.orderID, undefined);
});

test('what is typed outlasts a reload, and goes once it is placed', () => {
    const { of } = tickets();
    of().keepDraft('AAPL', { ...emptyDraft, side: 'sell', amount: '12,5' });
    assert.equal(of().draft('AAPL').amount, '12,5');
    assert.equal(of().draft('MSFT').amount, '');
    of().begin(order, preview);
    of().placed('AAPL', 'order-1');
    assert.deepEqual([of().draft('AAPL').amount, of().draft('AAPL').side], ['', 'sell']);
});
