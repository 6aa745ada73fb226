import type { Company, Quote } from '@lonja/api/contract';
import { compare, decimal } from './decimal';
import { plain, searchCompanies } from './search';

export const sortKeys = ['name', 'sector', 'price', 'change', 'volume'] as const;
export type SortKey = typeof sortKeys[number];

/** What of all stocks is shown, and in which order. */
export interface StockFilter {
    readonly query: string;
    readonly sector: string;
    readonly watchedOnly: boolean;
    readonly sort: SortKey;
    readonly descending: boolean;
}

export function sectorsOf(companies: readonly Company[]): readonly string[] {
    return [...new Set(companies.map((company) => company.sector))].sort();
}

/** Companies without a price come last, whichever way prices are sorted. */
export function listStocks(
    companies: readonly Company[],
    filter: StockFilter,
    quote: (symbol: string) => Quote | undefined,
    watched: ReadonlySet<string>,
): readonly Company[] {
    const found = filter.query.trim() === '' ? companies : searchCompanies(companies, filter.query, companies.length);
    const shown = found.filter((company) => {
        return (filter.sector === '' || company.sector === filter.sector) &&
            (!filter.watchedOnly || watched.has(company.symbol));
    });
    const way = filter.descending ? -1 : 1;
    const text = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
    const number = (value: (quote: Quote) => string | undefined) => (left: Company, right: Company): number => {
        const [one, other] = [left, right].map((company) => {
            const found = quote(company.symbol);
            return found === undefined ? undefined : value(found);
        });
        if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? 1 : -1;
        return way * compare(decimal(one), decimal(other));
    };
    const orders: Readonly<Record<SortKey, (left: Company, right: Company) => number>> = {
        name: (left, right) => way * text(plain(left.name), plain(right.name)),
        sector: (left, right) => way * text(left.sector, right.sector) || text(plain(left.name), plain(right.name)),
        price: number((each) => each.price?.amount),
        change: number((each) => each.changePercent),
        volume: number((each) => (each.day === undefined ? undefined : String(each.day.volume))),
    };
    return [...shown].sort(orders[filter.sort]);
}
