import type { ReactElement } from 'react';
import './shared';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { routes } from 'gen/routes';
import { isLanguage } from '@lonja/i18n/language';
import type { Route } from '../shim/route';
import { Router } from '../shim/router';
import { App } from './App';
import { compose } from './compose';
import { BrowserPreferences, cookie, keepLanguage, languageCookie, show } from './cookies';
import { registerWorker } from './registerWorker';
import { SessionStorage } from './SessionStorage';
import { hubPorts, TabSignal } from './tabs';
import { always, later, Tongue } from './Tongue';

const offlinePage = '/offline';

async function start(): Promise<void> {
    const root = document.getElementById('root');
    if (root === null) throw new Error('the document has no root');
    const wanted = cookie(languageCookie);
    const told = document.documentElement.lang;
    // The server knows the two languages of clients; the pseudo one is for tests alone.
    const tongue = new Tongue(wanted === 'qps' ? wanted : isLanguage(told) ? told : 'en');
    tongue.onChange = keepLanguage;
    const lonja = compose({
        fetch: (input, init) => fetch(input, init),
        signal: new TabSignal(),
        hub: hubPorts(),
        preferences: new BrowserPreferences(),
        tabStorage: new SessionStorage('lonja/'),
        newKey: () => crypto.randomUUID(),
    }, tongue);

    // Most pages wait for it, and it for nothing.
    void lonja.session.check();

    const load = async (route: Route): Promise<Awaited<ReturnType<Route['load']>>> => {
        const [page] = await Promise.all([route.load(), tongue.load(route.messages)]);
        return page;
    };
    // The service worker shows that page in the place of any other.
    const offline = document.documentElement.dataset['page'] === offlinePage;
    const router: Router = new Router(routes, {
        location: () => (offline && router.get().page === undefined ? { pathname: offlinePage, search: '' } : location),
        push: (href) => history.pushState(null, '', href),
        replace: (href) => history.replaceState(null, '', href),
        back: () => history.back(),
        scrollToTop: () => {
            scrollTo({ top: 0 });
            document.querySelector('.frame-scroll')?.scrollTo({ top: 0 });
        },
        load,
        reload,
    });
    const [first] = await Promise.all([router.start(), tongue.load(always)]);
    if (first.failure !== undefined && reload(location.href)) return;
    if (first.page === undefined) await tongue.load(later);
    addEventListener('popstate', () => router.popped());

    mount(
        root,
        <App lonja={lonja} router={router} tongue={tongue} />,
        first.match?.route.pattern,
        tongue.get().language !== 'qps',
    );
    lonja.preferences.subscribe(() => show(lonja.preferences.get().theme, lonja.preferences.get().palette));
    lonja.preferences.start();
    const life = new AbortController();
    addEventListener('pagehide', () => lonja.hub.leave());
    void lonja.hub.run(life.signal);
    registerWorker();
    // Without them what goes wrong is told in general words.
    tongue.load(later).catch(() => undefined);
}

/**
 * Takes over what the server has sent where it is this page, and draws it anew where it is only the frame of any page.
 */
function mount(root: HTMLElement, app: ReactElement, pattern: string | undefined, printed: boolean): void {
    const sent = document.documentElement.dataset['page'];
    // What an address asks beyond its path is not known when pages are printed.
    if (sent !== undefined && sent === (pattern ?? 'not-found') && location.search === '' && printed) {
        hydrateRoot(root, app);
    } else createRoot(root).render(app);
}

/** Once for an address: a page that still cannot be fetched afterwards is shown as an error. */
function reload(href: string): boolean {
    const key = 'lonja-reloaded';
    const address = new URL(href, location.href).href;
    if (sessionStorage.getItem(key) === address) return false;
    sessionStorage.setItem(key, address);
    location.assign(href);
    return true;
}

void start();
