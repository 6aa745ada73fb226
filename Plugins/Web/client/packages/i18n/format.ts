import type { Money } from '@lonja/api/contract';
import type { Decimal } from '@lonja/domain/decimal';
import { absolute, decimal, decimalText, multiply, round, sign, trimmed } from '@lonja/domain/decimal';
import { minorDigitsOf } from '@lonja/domain/money';
import type { Language } from './language';
import { localeOf } from './language';

/** U+2212, which is as wide as a digit and is read as "minus". */
const minus = '−';

/** Whether a number that is above zero says so. */
export type Signs = 'negative' | 'always';

/** Numbers, amounts and times as a language writes them. Exact: digits are set from the decimal, never from a float. */
export class Format {
    private readonly locale: string;
    private readonly made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

    constructor(readonly language: Language) {
        this.locale = localeOf(language);
    }

    /** "$1,234.50" or "1234,50 $"; prices may have more digits than their currency has coins. */
    money(value: Money, signs: Signs = 'negative', mostDigits?: number): string {
        const least = minorDigitsOf(value.currency);
        const exact = trimmed(decimal(value.amount), least);
        const shown = round(exact, Math.min(Math.max(exact.scale, least), mostDigits ?? least));
        return this.signed(
            shown,
            signs,
            this.number(`money ${value.currency}`, {
                style: 'currency',
                currency: value.currency,
                currencyDisplay: 'narrowSymbol',
            }, shown.scale),
        );
    }

    /** A price of a share: four decimals where it is below one. */
    price(value: Money): string {
        const exact = decimal(value.amount);
        return this.money(value, 'negative', absolute(exact).units < 10n ** BigInt(exact.scale) ? 4 : undefined);
    }

    /** A number with all its digits, or with as many as said. */
    decimal(value: Decimal, signs: Signs = 'negative', digits?: number): string {
        const shown = digits === undefined ? trimmed(value) : round(value, digits);
        return this.signed(shown, signs, this.number('decimal', {}, shown.scale));
    }

    /** A number as it can be typed in again: without separators of thousands. */
    plain(value: Decimal): string {
        const text = decimalText(trimmed(value));
        return this.language === 'es' ? text.replace('.', ',') : text;
    }

    /** A fraction as the API gives it: "0.012500" is 1.25 %. */
    percent(fraction: string, signs: Signs = 'always', digits = 2): string {
        const shown = round(multiply(decimal(fraction), { units: 100n, scale: 0 }), digits);
        const text = this.signed(shown, signs, this.number('decimal', {}, shown.scale));
        return this.language === 'es' ? `${text} %` : `${text}%`;
    }

    /** 3.4M: counts alone, where nobody needs the last digit. */
    compact(count: number): string {
        const format = this.cached('compact', () =>
            new Intl.NumberFormat(this.locale, {
                notation: 'compact',
                maximumFractionDigits: 1,
            }));
        return format.format(count);
    }

    count(value: number): string {
        return this.cached('count', () => new Intl.NumberFormat(this.locale)).format(value);
    }

    /** A trading day, "2012-08-27", which is the same one everywhere. */
    day(date: string, style: 'short' | 'long' | 'month' = 'short'): string {
        const options: Intl.DateTimeFormatOptions = style === 'month'
            ? { year: 'numeric', month: 'short' }
            : { year: 'numeric', month: style, day: 'numeric' };
        const at = new Date(`${date}T12:00:00Z`);
        if (Number.isNaN(at.getTime())) return date;
        return this.date(`day ${style}`, { ...options, timeZone: 'UTC' }).format(at);
    }

    /** A moment, in the reader's own time. */
    time(moment: string, style: 'time' | 'seconds' | 'both' = 'both'): string {
        const clock: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
        if (style === 'seconds') clock.second = '2-digit';
        const options: Intl.DateTimeFormatOptions = style === 'both'
            ? { year: 'numeric', month: 'short', day: 'numeric', ...clock }
            : clock;
        const at = new Date(moment);
        return Number.isNaN(at.getTime()) ? moment : this.date(`time ${style}`, options).format(at);
    }

    /** A moment at the exchange. */
    marketTime(moment: string): string {
        const at = new Date(moment);
        if (Number.isNaN(at.getTime())) return moment;
        return this.date('market', {
            year: 'numeric',
            month: 'short',
            day: 'numeric',
            hour: 'numeric',
            minute: '2-digit',
            timeZone: 'America/New_York',
        }).format(at);
    }

    private signed(value: Decimal, signs: Signs, number: (positive: Decimal) => string): string {
        const of = sign(value);
        const before = of < 0 ? minus : of > 0 && signs === 'always' ? '+' : '';
        return before + number(absolute(value));
    }

    private number(name: string, options: Intl.NumberFormatOptions, digits: number): (positive: Decimal) => string {
        const format = this.cached(`${name} ${digits}`, () =>
            new Intl.NumberFormat(this.locale, {
                ...options,
                minimumFractionDigits: digits,
                maximumFractionDigits: digits,
            }));
        return (positive) => {
            const one = 10n ** BigInt(positive.scale);
            const fraction = (positive.units % one).toString().padStart(positive.scale, '0');
            return format.formatToParts(positive.units / one)
                .map((part) => (part.type === 'fraction' ? fraction : part.value)).join('');
        };
    }

    private date(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
        return this.cached(name, () => new Intl.DateTimeFormat(this.locale, options));
    }

    private cached<Made extends Intl.NumberFormat | Intl.DateTimeFormat>(name: string, make: () => Made): Made {
        const found = this.made.get(name) as Made | undefined;
        if (found !== undefined) return found;
        const made = make();
        this.made.set(name, made);
        return made;
    }
}
