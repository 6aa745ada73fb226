/** What the pages are written in; `qps` is English made strange, to find text that no translation has reached. */
export const languages = ['en', 'es'] as const;
export type Language = typeof languages[number] | 'qps';

export function isLanguage(text: string | null | undefined): text is Language {
    return text === 'en' || text === 'es' || text === 'qps';
}

/** What `Intl` is asked for. */
export function localeOf(language: Language): string {
    return language === 'es' ? 'es-ES' : 'en-US';
}

/** What the API answers in. */
export function spoken(language: Language): 'en' | 'es' {
    return language === 'es' ? 'es' : 'en';
}

/** Each language as those who speak it call it. */
export const languageNames: Readonly<Record<typeof languages[number], string>> = { en: 'English', es: 'Español' };
