import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    add,
    compare,
    decimal,
    decimalText,
    divide,
    multiply,
    parseDecimal,
    round,
    subtract,
    trimmed,
} from './decimal';

test('what is read is what is written', () => {
    for (const text of ['0', '0.00', '-0.05', '12.340', '98765432109876543210.123456789']) {
        assert.equal(decimalText(decimal(text)), text);
    }
    for (const text of ['', '-', '1.', '.5', '1e3', '1,000', 'NaN', '0x1']) {
        assert.equal(parseDecimal(text), undefined, text);
    }
});

test('sums are exact where floats are not', () => {
    assert.equal(decimalText(add(decimal('0.1'), decimal('0.2'))), '0.3');
    assert.equal(decimalText(subtract(decimal('100000000000000.01'), decimal('0.02'))), '99999999999999.99');
    assert.equal(decimalText(multiply(decimal('673.55'), decimal('1.5'))), '1010.325');
    assert.equal(compare(decimal('2.50'), decimal('2.5')), 0);
    assert.equal(compare(decimal('-1'), decimal('0.001')), -1);
});

test('half is rounded away from zero', () => {
    assert.equal(decimalText(round(decimal('1010.325'), 2)), '1010.33');
    assert.equal(decimalText(round(decimal('-0.005'), 2)), '-0.01');
    assert.equal(decimalText(round(decimal('0.0049999'), 2)), '0.00');
    assert.equal(decimalText(round(decimal('7'), 2)), '7.00');
});

test('quotients have the decimals asked for', () => {
    const quotient = divide(decimal('1000'), decimal('673.55'), 9);
    assert.equal(quotient === undefined ? '' : decimalText(quotient), '1.484670774');
    assert.equal(divide(decimal('1'), decimal('0.00'), 2), undefined);
});

test('zeros at the end go, but no others', () => {
    assert.equal(decimalText(trimmed(decimal('1.5000'))), '1.5');
    assert.equal(decimalText(trimmed(decimal('100'))), '100');
    assert.equal(decimalText(trimmed(decimal('1.5000'), 2)), '1.50');
});
