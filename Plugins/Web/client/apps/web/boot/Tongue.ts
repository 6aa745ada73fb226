import type { Catalogue } from 'gen/catalogue';
import { catalogues } from 'gen/catalogue';
import { Format } from '@lonja/i18n/format';
import type { Language } from '@lonja/i18n/language';
import { spoken } from '@lonja/i18n/language';
import { Store } from '@lonja/state/store';
import type { Spoken } from '@lonja/ui-web/context/language';

/**
 * Texts that every page has from the start, and those that only what goes wrong needs, which come after the first
 * paint.
 */
export const always = ['common'] as const;
export const later = ['errors', 'problems'] as const;

/** The language of the page with those of its texts that are loaded. */
export class Tongue extends Store<Spoken> {
    /** Called with each change, to tell the document and the server. */
    onChange: (language: Language) => void = () => undefined;
    private readonly names = new Set<keyof Catalogue>();

    constructor(language: Language) {
        super({ language, format: new Format(language), texts: {}, change: () => undefined });
        this.set({ ...this.get(), change: (next) => void this.change(next) });
    }

    /** Pages are taken over only once their texts are there. */
    override readonly getInitial = (): Spoken => this.get();

    /** Loads the texts of these names; no time where they are there. */
    async load(names: readonly (keyof Catalogue)[]): Promise<void> {
        const missing = names.filter((name) => this.get().texts[name] === undefined);
        for (const name of names) this.names.add(name);
        if (missing.length === 0) return;
        const { language } = this.get();
        const loaded = await textsOf(language, missing);
        if (this.get().language === language) {
            this.update((before) => ({ ...before, texts: { ...before.texts, ...loaded } }));
        }
    }

    private async change(language: Language): Promise<void> {
        if (language === this.get().language) return;
        const texts = await textsOf(language, [...this.names]);
        this.update((before) => ({ ...before, language, format: new Format(language), texts }));
        this.onChange(language);
    }
}

async function textsOf(language: Language, names: readonly (keyof Catalogue)[]): Promise<Partial<Catalogue>> {
    const loaders = catalogues[spoken(language)];
    const pairs = await Promise.all(names.map(async (name) => [name, await loaders[name]()] as const));
    const texts = Object.fromEntries(pairs) as Partial<Catalogue>;
    return language === 'qps' ? (await import('@lonja/i18n/pseudo')).pseudo(texts) : texts;
}
