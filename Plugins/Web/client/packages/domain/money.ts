import type { Money } from '@lonja/api/contract';
import type { Decimal } from './decimal';
import { add, decimal, decimalText, subtract } from './decimal';

/** Decimals of a currency's smallest coin (ISO 4217); what is not listed has two. */
const minorDigits: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, CLP: 0, BHD: 3, KWD: 3, TND: 3 };

export function minorDigitsOf(currency: string): number {
    return minorDigits[currency] ?? 2;
}

export function amountOf(money: Money): Decimal {
    return decimal(money.amount);
}

export function money(amount: Decimal, currency: string): Money {
    return { amount: decimalText(amount), currency };
}

/** A sum of one currency; two currencies have none. */
export function addMoney(left: Money, right: Money): Money | undefined {
    if (left.currency !== right.currency) return undefined;
    return money(add(amountOf(left), amountOf(right)), left.currency);
}

export function subtractMoney(left: Money, right: Money): Money | undefined {
    if (left.currency !== right.currency) return undefined;
    return money(subtract(amountOf(left), amountOf(right)), left.currency);
}
