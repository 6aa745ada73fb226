import { useEffect, useRef } from 'react';
import { ErrorBoundary } from '@lonja/ui-web/base/ErrorBoundary';
import { LonjaProvider } from '@lonja/ui-web/context/lonja';
import { useStore } from '@lonja/ui-web/context/store';
import { LanguageProvider, useMessages } from '@lonja/ui-web/context/language';
import type { Lonja } from '@lonja/state/lonja';
import PageError from '../app/error';
import Layout from '../app/layout';
import NotFound from '../app/not-found';
import type { Router } from '../shim/router';
import { RouterProvider, useView } from '../shim/router-context';
import type { Tongue } from './Tongue';

interface AppProps {
    readonly lonja: Lonja;
    readonly router: Router;
    readonly tongue: Tongue;
}

/** The whole client. */
export function App({ lonja, router, tongue }: AppProps): JSX.Element {
    const spoken = useStore(tongue);
    return (
        <LonjaProvider value={lonja}>
            <RouterProvider value={router}>
                <LanguageProvider value={spoken}>
                    <Layout>
                        <CurrentPage />
                    </Layout>
                    <Pending />
                </LanguageProvider>
            </RouterProvider>
        </LonjaProvider>
    );
}

function CurrentPage(): JSX.Element {
    const { page, pathname, match, failure, steps } = useView();
    const Page = failure !== undefined ? undefined : page?.default ?? NotFound;
    const seen = useRef(0);
    useEffect(() => {
        // Who changed the page by hand begins to read at its heading; the first page has the browser's own order.
        if (steps > seen.current) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
        seen.current = steps;
    }, [steps]);
    if (Page === undefined) {
        return (
            <PageError
                error={failure ?? new Error('no page')}
                reset={() => location.reload()}
            />
        );
    }
    return (
        <ErrorBoundary
            key={`${match?.route.pattern ?? ''} ${pathname}`}
            fallback={(error, reset) => <PageError error={error} reset={reset} />}
        >
            <Page />
        </ErrorBoundary>
    );
}

/** Something happens after a click, be it only that the page is fetched. */
function Pending(): JSX.Element {
    const { pending } = useView();
    const { nav } = useMessages('common');
    return (
        <div role="status" className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden">
            {pending && (
                <>
                    <span className="sr-only">{nav.loading}</span>
                    <span className="block h-full w-2/5 animate-advance bg-accent" />
                </>
            )}
        </div>
    );
}
