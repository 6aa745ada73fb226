import type { Decimal } from '@lonja/domain/decimal';
import { parseDecimal } from '@lonja/domain/decimal';
import type { Language } from './language';

/** What a typed number may be: one number, none at all, or one that two people would read as two. */
export type TypedNumber =
    | { readonly kind: 'number'; readonly value: Decimal }
    | { readonly kind: 'empty' }
    | { readonly kind: 'invalid' }
    | { readonly kind: 'ambiguous'; readonly readings: readonly [Decimal, Decimal] };

/**
 * Reads "1,234.56" in English and "1.234,56" in Spanish, with spaces, signs of a currency and separators where they
 * stand.
 * What the language would read otherwise than the other one ("1,234" or "1.234") is asked about, never guessed.
 */
export function readNumber(text: string, language: Language): TypedNumber {
    const stripped = text.replace(/[\s\u00a0\u202f'’$€£]/g, '').replace(/^\+/, '');
    if (stripped === '') return { kind: 'empty' };
    if (!/^\d*([.,]\d+)*[.,]?$/.test(stripped) || !/\d/.test(stripped)) return { kind: 'invalid' };
    const [own, other] = language === 'es' ? ([',', '.'] as const) : (['.', ','] as const);
    const mine = reading(stripped, own, other);
    const theirs = reading(stripped, other, own);
    if (mine === undefined) return theirs === undefined ? { kind: 'invalid' } : { kind: 'number', value: theirs };
    // A single separator of thousands reads as decimals to who is used to the other language.
    if (theirs !== undefined && onlyThousands(stripped, other)) return { kind: 'ambiguous', readings: [mine, theirs] };
    return { kind: 'number', value: mine };
}

function reading(text: string, point: string, group: string): Decimal | undefined {
    const parts = text.split(point);
    if (parts.length > 2) return undefined;
    const whole = parts[0] ?? '';
    const groups = whole.split(group);
    const grouped = groups.length > 1;
    if (grouped && !(/^[1-9]\d{0,2}$/.test(groups[0] ?? '') && groups.slice(1).every((each) => each.length === 3))) {
        return undefined;
    }
    const fraction = parts[1] ?? '';
    if (fraction.includes(group)) return undefined;
    const digits = groups.join('');
    return parseDecimal(`${digits === '' ? '0' : digits}${fraction === '' ? '' : `.${fraction}`}`);
}

function onlyThousands(text: string, group: string): boolean {
    return text.split(group).length === 2 && !text.includes(group === '.' ? ',' : '.');
}
