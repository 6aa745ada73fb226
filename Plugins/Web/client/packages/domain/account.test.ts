import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLongEnough, looksLikeEmail, safeNext } from './account';

test('after login one stays on this site', () => {
    assert.equal(safeNext('/stocks/AAPL?range=1y'), '/stocks/AAPL?range=1y');
    for (
        const next of [
            null,
            '',
            'wallet',
            '//evil.example',
            '/\\evil.example',
            'https://evil.example',
            'javascript:x',
            '/\n/evil',
        ]
    ) {
        assert.equal(safeNext(next), '/wallet', String(next));
    }
});

test('addresses and passwords are looked at as little as is useful', () => {
    assert.ok(looksLikeEmail(' ana@example.com '));
    for (const text of ['ana', 'ana@', 'ana@example', '@example.com', 'a b@example.com']) {
        assert.ok(!looksLikeEmail(text), text);
    }
    assert.ok(isLongEnough('😀'.repeat(15)));
    assert.ok(!isLongEnough('😀'.repeat(14)));
});
