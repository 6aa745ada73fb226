import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Company, Quote } from '@lonja/api/contract';
import type { StockFilter } from './stockList';
import { listStocks } from './stockList';

const company = (symbol: string, name: string, sector: string): Company => ({
    symbol,
    name,
    sector,
    currency: 'USD',
    synthetic: false,
    firstDate: '',
    lastDate: '',
    exchange: '',
});
const companies = [
    company('AAPL', 'Apple Inc.', 'Technology'),
    company('QELMA', 'Élmarosa Foods', 'Consumer'),
    company('IBM', 'International', 'Technology'),
];
const quotes: Readonly<Record<string, string>> = { AAPL: '-0.003', IBM: '0.01' };
const quote = (symbol: string): Quote | undefined => {
    const changePercent = quotes[symbol];
    return changePercent === undefined ? undefined : ({ changePercent } as Quote);
};
const all: StockFilter = { query: '', sector: '', watchedOnly: false, sort: 'name', descending: false };
const list = (filter: Partial<StockFilter>): string => {
    return listStocks(companies, { ...all, ...filter }, quote, new Set(['IBM'])).map((each) => each.symbol).join();
};

test('accents and case do not matter', () => {
    assert.equal(list({}), 'AAPL,QELMA,IBM');
    assert.equal(list({ query: 'elma' }), 'QELMA');
    assert.equal(list({ query: 'APP' }), 'AAPL');
});

test('who has no price comes last both ways', () => {
    assert.equal(list({ sort: 'change' }), 'AAPL,IBM,QELMA');
    assert.equal(list({ sort: 'change', descending: true }), 'IBM,AAPL,QELMA');
});

test('filters hold together', () => {
    assert.equal(list({ sector: 'Technology' }), 'AAPL,IBM');
    assert.equal(list({ sector: 'Technology', watchedOnly: true }), 'IBM');
    assert.equal(list({ sector: 'Consumer', watchedOnly: true }), '');
});
