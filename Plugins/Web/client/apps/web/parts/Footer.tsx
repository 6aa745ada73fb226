import Link from 'next/link';
import { languageNames, languages, spoken } from '@lonja/i18n/language';
import { useLanguage, useMessages } from '@lonja/ui-web/context/language';
import { classes } from '@lonja/ui-web/base/classes';

/** What has to be said, and in which language. */
export function Footer(): JSX.Element {
    const { footer, settings } = useMessages('common');
    const { language, change } = useLanguage();
    return (
        <footer className="border-t border-line bg-sunken">
            <div
                className={classes(
                    'mx-auto flex max-w-6xl flex-col gap-6 px-4 py-8 text-sm text-soft sm:px-6 md:flex-row',
                    'md:justify-between',
                )}
            >
                <div className="flex max-w-xl flex-col gap-2">
                    <p>{footer.paper}</p>
                    <p>{footer.replay}</p>
                    <p>
                        <a href="https://www.tradingview.com/" rel="noreferrer" className="underline hover:text-ink">
                            {footer.charts}
                        </a>
                    </p>
                </div>
                <div className="flex flex-col gap-2 md:items-end">
                    <div role="group" aria-label={settings.language} className="flex gap-1">
                        {languages.map((each) => (
                            <button
                                key={each}
                                type="button"
                                lang={each}
                                aria-pressed={spoken(language) === each}
                                onClick={() => change(each)}
                                className={classes(
                                    'min-h-9 rounded-sm px-3 aria-pressed:bg-surface aria-pressed:font-bold',
                                    'aria-pressed:text-ink',
                                )}
                            >
                                {languageNames[each]}
                            </button>
                        ))}
                    </div>
                    <Link href="/recover" className="py-1 underline hover:text-ink">{footer.help}</Link>
                    <a href="/docs" className="py-1 underline hover:text-ink">{footer.api}</a>
                </div>
            </div>
        </footer>
    );
}
