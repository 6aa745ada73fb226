import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveState, retryDelay } from './liveLink';
import { newer } from './quoteBook';
import { Wants } from './wants';
import type { Quote } from '@lonja/api/contract';

const quote = (asOf: string, amount: string): Quote => ({
    symbol: 'AAPL',
    name: 'Apple',
    price: { amount, currency: 'USD' },
    change: '0',
    changePercent: '0',
    asOf,
    delaySeconds: 0,
    source: 'test',
    stale: false,
    session: 'open',
    replayed: false,
    synthetic: false,
    fallback: false,
});

test('tabs want together what each of them wants, as long as they are heard of', () => {
    const wants = new Wants(20_000);
    wants.put('one', { symbols: ['MSFT', 'AAPL'], orders: false }, 0);
    wants.put('two', { symbols: ['AAPL', 'IBM'], orders: true }, 10_000);
    assert.deepEqual(wants.together(15_000), { symbols: ['AAPL', 'IBM', 'MSFT'], orders: true });
    assert.deepEqual(wants.together(25_000), { symbols: ['AAPL', 'IBM'], orders: true });
    wants.remove('two');
    assert.deepEqual(wants.together(25_000), { symbols: [], orders: false });
});

test('prices are stale after ten seconds without a word', () => {
    const facts = { paused: false, wanted: true, heardAt: 1_000, since: 0 };
    assert.equal(liveState(facts, 10_999), 'live');
    assert.equal(liveState(facts, 11_000), 'stale');
    assert.equal(liveState({ ...facts, heardAt: undefined }, 9_999), 'connecting');
    assert.equal(liveState({ ...facts, heardAt: undefined }, 10_000), 'stale');
    assert.equal(liveState({ ...facts, paused: true }, 99_999), 'paused');
    assert.equal(liveState({ ...facts, wanted: false }, 99_999), 'idle');
});

test('an older price never takes the place of a newer one', () => {
    const shown = quote('2026-11-27T10:00:05Z', '10.00');
    assert.equal(newer(quote('2026-11-27T10:00:04.999Z', '9.00'), shown), false);
    assert.equal(newer(quote('2026-11-27T10:00:05.001Z', '9.00'), shown), true);
    assert.equal(newer(shown, undefined), true);
    assert.equal(newer({ ...shown }, shown), false);
});

test('tries come further apart, and never all at once', () => {
    assert.equal(retryDelay(0, 1), 500);
    assert.equal(retryDelay(3, 1), 4_000);
    assert.equal(retryDelay(50, 1), 15_000);
    assert.equal(retryDelay(50, 0), 7_500);
});
