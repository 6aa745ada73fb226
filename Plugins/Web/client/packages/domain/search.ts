import type { Company } from '@lonja/api/contract';

/** Letters without accents and case, as people type them. */
export function plain(text: string): string {
    return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Those that a query means, the likeliest first: the symbol itself, its beginning, a word's beginning, any part. */
export function searchCompanies(companies: readonly Company[], query: string, most: number): readonly Company[] {
    const wanted = plain(query.trim());
    if (wanted === '') return companies.slice(0, most);
    const ranked: { readonly company: Company; readonly rank: number }[] = [];
    for (const company of companies) {
        const rank = rankOf(company, wanted);
        if (rank !== undefined) ranked.push({ company, rank });
    }
    ranked.sort((left, right) => left.rank - right.rank || (left.company.symbol < right.company.symbol ? -1 : 1));
    return ranked.slice(0, most).map((each) => each.company);
}

function rankOf(company: Company, wanted: string): number | undefined {
    const symbol = plain(company.symbol);
    const name = plain(company.name);
    if (symbol === wanted) return 0;
    if (symbol.startsWith(wanted)) return 1;
    if (name.startsWith(wanted)) return 2;
    if (name.split(/\s+/).some((word) => word.startsWith(wanted))) return 3;
    return symbol.includes(wanted) || name.includes(wanted) ? 4 : undefined;
}
