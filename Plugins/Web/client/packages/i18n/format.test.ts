import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimal } from '@lonja/domain/decimal';
import { Format } from './format';

const en = new Format('en');
const es = new Format('es');
const usd = (amount: string): { amount: string; currency: string } => ({ amount, currency: 'USD' });

/** Spaces that do not break are as good as others here. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

test('amounts are written as the language does, to the cent', () => {
    assert.equal(en.money(usd('1234.5')), '$1,234.50');
    assert.equal(plain(es.money(usd('12345.5'))), '12.345,50 $');
    assert.equal(en.money(usd('-0.50')), '−$0.50');
    assert.equal(en.money(usd('12.30'), 'always'), '+$12.30');
    assert.equal(en.money(usd('0'), 'always'), '$0.00');
    assert.equal(en.money(usd('98765432109876.54')), '$98,765,432,109,876.54');
    assert.equal(en.money({ amount: '1200', currency: 'JPY' }), '¥1,200');
});

test('a price below one has up to four decimals', () => {
    assert.equal(en.price(usd('0.1234')), '$0.1234');
    assert.equal(en.price(usd('673.5512')), '$673.55');
    assert.equal(en.price(usd('30.5')), '$30.50');
});

test('percentages have sign, comma and space of the language', () => {
    assert.equal(en.percent('0.012500'), '+1.25%');
    assert.equal(en.percent('-0.003152'), '−0.32%');
    assert.equal(plain(es.percent('0.012')), '+1,20 %');
    assert.equal(en.percent('0.000000'), '0.00%');
});

test('quantities keep all their digits', () => {
    assert.equal(en.decimal(decimal('1.484670774')), '1.484670774');
    assert.equal(es.decimal(decimal('2.500000000')), '2,5');
});

test('a trading day is the same one everywhere', () => {
    assert.equal(en.day('2012-08-27'), 'Aug 27, 2012');
    assert.equal(es.day('2012-08-27'), '27 ago 2012');
    assert.equal(en.day('never'), 'never');
});
