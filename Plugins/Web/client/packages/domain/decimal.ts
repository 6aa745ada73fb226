/** An exact decimal number: `units` divided by ten to the power of `scale`. Amounts and prices never are floats. */
export interface Decimal {
    readonly units: bigint;
    readonly scale: number;
}

const written = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Reads what the API writes: "-12.340". Nothing where it is no number. */
export function parseDecimal(text: string): Decimal | undefined {
    const match = written.exec(text);
    if (match === null) return undefined;
    const fraction = match[3] ?? '';
    const units = BigInt((match[2] ?? '') + fraction);
    return { units: match[1] === '-' ? -units : units, scale: fraction.length };
}

/** Reads a number that our own API has given; one that is none counts as zero and is a fault of the server. */
export function decimal(text: string): Decimal {
    return parseDecimal(text) ?? zero;
}

export const zero: Decimal = { units: 0n, scale: 0 };

/** As the API writes it. */
export function decimalText(value: Decimal): string {
    const digits = (value.units < 0n ? -value.units : value.units).toString().padStart(value.scale + 1, '0');
    const whole = digits.slice(0, digits.length - value.scale);
    const fraction = value.scale === 0 ? '' : `.${digits.slice(digits.length - value.scale)}`;
    return (value.units < 0n ? '-' : '') + whole + fraction;
}

function unitsAt(value: Decimal, scale: number): bigint {
    return value.units * 10n ** BigInt(scale - value.scale);
}

export function add(left: Decimal, right: Decimal): Decimal {
    const scale = Math.max(left.scale, right.scale);
    return { units: unitsAt(left, scale) + unitsAt(right, scale), scale };
}

export function negate(value: Decimal): Decimal {
    return { units: -value.units, scale: value.scale };
}

export function subtract(left: Decimal, right: Decimal): Decimal {
    return add(left, negate(right));
}

export function multiply(left: Decimal, right: Decimal): Decimal {
    return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** Below zero, zero or above it, as the left one is less, equal or more. */
export function compare(left: Decimal, right: Decimal): -1 | 0 | 1 {
    const scale = Math.max(left.scale, right.scale);
    const difference = unitsAt(left, scale) - unitsAt(right, scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function sign(value: Decimal): -1 | 0 | 1 {
    return value.units < 0n ? -1 : value.units > 0n ? 1 : 0;
}

export function absolute(value: Decimal): Decimal {
    return value.units < 0n ? negate(value) : value;
}

/** With so many decimals: half away from zero, as the ledger rounds what is shown. */
export function round(value: Decimal, scale: number): Decimal {
    if (scale >= value.scale) return { units: unitsAt(value, scale), scale };
    const divisor = 10n ** BigInt(value.scale - scale);
    const positive = value.units < 0n ? -value.units : value.units;
    const rounded = (positive + divisor / 2n) / divisor;
    return { units: value.units < 0n ? -rounded : rounded, scale };
}

/** A quotient with so many decimals, half away from zero; nothing by zero. */
export function divide(left: Decimal, right: Decimal, scale: number): Decimal | undefined {
    if (right.units === 0n) return undefined;
    const raised = left.units * 10n ** BigInt(right.scale + scale + 1);
    const quotient = raised / (right.units * 10n ** BigInt(left.scale));
    return round({ units: quotient, scale: scale + 1 }, scale);
}

/** Without zeros at the end, but with at least so many decimals. */
export function trimmed(value: Decimal, least = 0): Decimal {
    let { units, scale } = value;
    while (scale > least && units % 10n === 0n) {
        units /= 10n;
        scale -= 1;
    }
    return { units, scale };
}

/** For what is drawn, never for what is counted or written. */
export function drawn(value: Decimal): number {
    return Number(decimalText(value));
}
