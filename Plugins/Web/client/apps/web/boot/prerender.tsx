import { renderToStaticMarkup } from 'react-dom/server';
import { routes } from 'gen/routes';
import type { Language } from '@lonja/i18n/language';
import { usual } from '@lonja/state/preferences';
import { TitleContext } from '@lonja/ui-web/base/PageTitle';
import { LanguageProvider } from '@lonja/ui-web/context/language';
import { LonjaProvider } from '@lonja/ui-web/context/lonja';
import Layout from '../app/layout';
import Unavailable from '../app/unavailable';
import { Router } from '../shim/router';
import { match } from '../shim/route';
import { RouterProvider } from '../shim/router-context';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { App } from './App';
import { compose } from './compose';
import { always, later, Tongue } from './Tongue';

export interface Printed {
    readonly title: string;
    readonly html: string;
}

/** What stands in for a browser: nothing is asked for while a page is printed. */
const never = (): never => {
    throw new Error('nothing is fetched while pages are printed');
};

/** A page as who has just come sees it: the one of a pattern, or "not-found", "unavailable" or "shell". */
export async function print(name: string, language: Language): Promise<Printed> {
    const tongue = new Tongue(language);
    const found = match(routes, name);
    await tongue.load([...always, ...later, ...(found?.route.messages ?? [])]);
    const lonja = compose({
        fetch: never,
        signal: { tell: never, hear: () => undefined },
        hub: { tab: '', now: () => 0, random: () => 0, sleep: never, lead: never, tell: never, hear: () => undefined },
        preferences: { read: () => usual, write: never, hear: () => undefined },
        tabStorage: { get: () => undefined, set: never },
        newKey: never,
    }, tongue);
    const pathname = name.startsWith('/') ? name : `/${name}`;
    const router = new Router(routes, {
        location: () => ({ pathname, search: '' }),
        push: never, replace: never, back: never, scrollToTop: never, reload: never,
        load: (route) => route.load(),
    });
    await router.start();
    let title = 'Lonja';
    const sink = { put: (told: string) => void (title = told) };
    const special = name === 'shell' ? <Frame /> : name === 'unavailable' ? <Unavailable /> : undefined;
    const html = renderToStaticMarkup(
        <TitleContext.Provider value={sink}>
            {special === undefined ? <App lonja={lonja} router={router} tongue={tongue} /> : (
                <LonjaProvider value={lonja}>
                    <RouterProvider value={router}>
                        <LanguageProvider value={tongue.get()}><Layout>{special}</Layout></LanguageProvider>
                    </RouterProvider>
                </LonjaProvider>
            )}
        </TitleContext.Provider>,
    );
    return { title: title === 'Lonja' ? title : `${title} · Lonja`, html };
}

/** Any page before it is known which. */
function Frame(): JSX.Element {
    return (
        <div className="flex min-h-dvh flex-col gap-6">
            <Skeleton className="h-9 w-56" />
            <Skeleton className="h-40 w-full" />
            <Skeleton className="h-64 w-full" />
        </div>
    );
}
