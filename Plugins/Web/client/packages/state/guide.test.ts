import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGuideStep, nextStep } from './guide';

test('the guide follows what is done, and goes on where the browser was', () => {
    assert.equal(nextStep('register', { open: false, owns: undefined }), 'register');
    assert.equal(nextStep('confirm', { open: false, owns: undefined }), 'confirm');
    assert.equal(nextStep('login', { open: true, owns: undefined }), 'login');
    assert.equal(nextStep('login', { open: true, owns: false }), 'buy');
    assert.equal(nextStep('buy', { open: true, owns: true }), 'done');
    assert.equal(nextStep('buy', { open: false, owns: undefined }), 'login');
});

test('who needs no guide has none', () => {
    assert.equal(nextStep('register', { open: true, owns: true }), 'away');
    assert.equal(nextStep('away', { open: true, owns: false }), 'away');
    assert.equal(nextStep('done', { open: false, owns: undefined }), 'done');
    assert.equal(isGuideStep('buy'), true);
    assert.equal(isGuideStep('sell'), false);
    assert.equal(isGuideStep(undefined), false);
});
