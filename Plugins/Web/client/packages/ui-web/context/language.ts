import { createContext, useContext } from 'react';
import type { Catalogue } from 'gen/catalogue';
import type { Format } from '@lonja/i18n/format';
import type { Language } from '@lonja/i18n/language';

/** The language of the page: its texts, as far as they are loaded, and how it writes numbers. */
export interface Spoken {
    readonly language: Language;
    readonly format: Format;
    readonly texts: Partial<Catalogue>;
    /** Shows the page in another one. */
    readonly change: (language: Language) => void;
}

const Context = createContext<Spoken | undefined>(undefined);

export const LanguageProvider = Context.Provider;

export function useLanguage(): Spoken {
    const spoken = useContext(Context);
    if (spoken === undefined) throw new Error('there is no language above');
    return spoken;
}

export function useFormat(): Format {
    return useLanguage().format;
}

/** The texts of a name, which the page has to list in its `messages`. */
export function useMessages<Name extends keyof Catalogue>(name: Name): Catalogue[Name] {
    const texts = useLanguage().texts[name];
    if (texts === undefined) throw new Error(`the page does not list '${name}' in its messages`);
    // What is looked up by a name is of the type of that name.
    return texts as Catalogue[Name];
}
