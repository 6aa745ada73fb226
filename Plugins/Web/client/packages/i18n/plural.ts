/** The form that a count has in a language. Spanish has a third one, of millions, which reads as the second here. */
export function plural(locale: string, count: number, one: string, other: string): string {
    return new Intl.PluralRules(locale).select(count) === 'one' ? one : other;
}
