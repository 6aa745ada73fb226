import type { ReactNode } from 'react';
import { useMessages } from '@lonja/ui-web/context/language';
import { Footer } from '../parts/Footer';
import { Guide } from '../parts/Guide';
import { Header } from '../parts/Header';
import { OrderAnnouncer } from '../parts/OrderAnnouncer';
import { TabBar } from '../parts/TabBar';
import { classes } from '@lonja/ui-web/base/classes';

/** What stands around every page. */
export default function Layout({ children }: { children: ReactNode }): JSX.Element {
    const { skip } = useMessages('common');
    return (
        <div className="frame flex min-h-dvh flex-col">
            <a
                href="#content"
                className={classes(
                    'sr-only rounded-md bg-fill px-4 py-3 font-bold text-on-fill focus:not-sr-only focus:fixed',
                    'focus:top-2 focus:left-2 focus:z-50',
                )}
            >
                {skip}
            </a>
            <Header />
            <div className="frame-scroll flex flex-1 flex-col">
                <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 sm:px-6 md:py-10">
                    {children}
                </main>
                <Footer />
            </div>
            <Guide />
            <TabBar />
            <OrderAnnouncer />
        </div>
    );
}
