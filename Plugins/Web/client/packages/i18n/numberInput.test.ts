import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalText } from '@lonja/domain/decimal';
import type { Language } from './language';
import { readNumber } from './numberInput';

function read(text: string, language: Language): string {
    const typed = readNumber(text, language);
    if (typed.kind === 'number') return decimalText(typed.value);
    return typed.kind === 'ambiguous' ? typed.readings.map(decimalText).join(' or ') : typed.kind;
}

test('each language has its own separators', () => {
    assert.equal(read('1,234.56', 'en'), '1234.56');
    assert.equal(read('1.234,56', 'es'), '1234.56');
    assert.equal(read(' $ 1 000.5 ', 'en'), '1000.5');
    assert.equal(read('1.000.000', 'es'), '1000000');
    assert.equal(read('.5', 'en'), '0.5');
    assert.equal(read('12,', 'es'), '12');
});

test('what has one reading only is read, whatever the language', () => {
    assert.equal(read('2.5', 'es'), '2.5');
    assert.equal(read('2,5', 'en'), '2.5');
    assert.equal(read('1.234,56', 'en'), '1234.56');
});

test('what has two readings is asked about', () => {
    assert.equal(read('1.234', 'es'), '1234 or 1.234');
    assert.equal(read('1,234', 'en'), '1234 or 1.234');
    assert.equal(read('0,123', 'en'), '0.123');
    assert.equal(read('1.234', 'en'), '1.234');
});

test('what is no number is none', () => {
    assert.equal(read('', 'en'), 'empty');
    assert.equal(read('  ', 'es'), 'empty');
    for (const text of ['abc', '-5', '1.2.3', '1,23,456', '1e5', '.', '١٢']) {
        assert.equal(read(text, 'en'), 'invalid', text);
    }
});
