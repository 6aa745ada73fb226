import type { SortKey, StockFilter } from '@lonja/domain/stockList';
import { sortKeys } from '@lonja/domain/stockList';

/** What the address asks for; what it does not say is as usual. */
export function filterOf(search: URLSearchParams): StockFilter {
    const sort = sortKeys.find((key) => key === search.get('sort')) ?? 'name';
    return {
        query: search.get('query') ?? '',
        sector: search.get('sector') ?? '',
        watchedOnly: search.get('watched') === 'yes',
        sort,
        descending: search.get('order') === 'down',
    };
}

export function searchOf(filter: StockFilter): string {
    const search = new URLSearchParams();
    if (filter.query !== '') search.set('query', filter.query);
    if (filter.sector !== '') search.set('sector', filter.sector);
    if (filter.watchedOnly) search.set('watched', 'yes');
    if (filter.sort !== 'name') search.set('sort', filter.sort);
    if (filter.descending) search.set('order', 'down');
    const text = search.toString();
    return text === '' ? '' : `?${text}`;
}

/** Numbers begin with the largest, names with A. */
export function sorted(filter: StockFilter, sort: SortKey): Pick<StockFilter, 'sort' | 'descending'> {
    if (filter.sort === sort) return { sort, descending: !filter.descending };
    return { sort, descending: sort === 'price' || sort === 'change' || sort === 'volume' };
}
