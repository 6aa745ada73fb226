const strange: Readonly<Record<string, string>> = {
    a: 'á',
    b: 'ƀ',
    c: 'ç',
    d: 'ð',
    e: 'é',
    f: 'ƒ',
    g: 'ĝ',
    h: 'ĥ',
    i: 'í',
    j: 'ĵ',
    k: 'ķ',
    l: 'ļ',
    m: 'ɱ',
    n: 'ñ',
    o: 'ó',
    p: 'þ',
    r: 'ŕ',
    s: 'š',
    t: 'ţ',
    u: 'ú',
    v: 'ṽ',
    w: 'ŵ',
    y: 'ý',
    z: 'ž',
    A: 'Å',
    E: 'É',
    I: 'Î',
    O: 'Ø',
    U: 'Û',
};

/** The text with strange letters, a third longer, in brackets: what is clipped or not translated is seen at once. */
export function pseudoText(text: string): string {
    if (text === '') return '';
    const letters = [...text].map((letter) => strange[letter] ?? letter).join('');
    return `[${letters}${'·'.repeat(Math.ceil(text.length / 3))}]`;
}

/** The same for every text of a catalogue, those that functions give too. */
export function pseudo<Catalogue>(catalogue: Catalogue): Catalogue {
    return map(catalogue) as Catalogue;
}

function map(value: unknown): unknown {
    if (typeof value === 'string') return pseudoText(value);
    if (typeof value === 'function') {
        const told = value as (...values: readonly unknown[]) => unknown;
        return (...values: readonly unknown[]) => map(told(...values));
    }
    if (Array.isArray(value)) return value.map(map);
    if (typeof value === 'object' && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member)]));
    }
    return value;
}
