import { Store } from '@lonja/state/store';
import type { Match, PageModule, Route } from './route';
import { match } from './route';

/** What is shown, and whether something else is on its way. */
export interface View {
    readonly pathname: string;
    readonly search: string;
    readonly match: Match | undefined;
    /** Nothing where the address has no page. */
    readonly page: PageModule | undefined;
    readonly failure: Error | undefined;
    readonly pending: boolean;
    /** Raised by each step to another page, and not by the first one. */
    readonly steps: number;
}

const nowhere = { pathname: '/', search: '', match: undefined, page: undefined, failure: undefined };

/** What the router needs of the browser. */
export interface RouterPorts {
    readonly location: () => { readonly pathname: string; readonly search: string };
    readonly push: (href: string) => void;
    readonly replace: (href: string) => void;
    readonly back: () => void;
    readonly scrollToTop: () => void;
    /** Fetches a page with its texts; ready at once the second time. */
    readonly load: (route: Route) => Promise<PageModule>;
    /** A page could not be fetched, as after a new version: whether the browser now loads it anew as a whole. */
    readonly reload: (href: string) => boolean;
}

/**
 * Shows the page of the address. The only file, with `next-link` and `next-navigation`, that knows how pages change.
 */
export class Router extends Store<View> {
    private wanted = 0;

    constructor(private readonly routes: readonly Route[], private readonly ports: RouterPorts) {
        super({ ...nowhere, pending: true, steps: 0 });
    }

    /** A page is taken over only once it is there. */
    override readonly getInitial = (): View => this.get();

    /** Shows the first page. */
    async start(): Promise<View> {
        const { pathname, search } = this.ports.location();
        this.set({ ...await this.open(pathname, search), pending: false, steps: 0 });
        return this.get();
    }

    push(href: string, scroll = true): void {
        void this.go(href, () => this.ports.push(href), scroll);
    }

    replace(href: string, scroll = true): void {
        void this.go(href, () => this.ports.replace(href), scroll);
    }

    back(): void {
        this.ports.back();
    }

    /** The browser went back or forward. */
    popped(): void {
        const { pathname, search } = this.ports.location();
        void this.go(pathname + search, () => undefined, false);
    }

    prefetch(href: string): void {
        const found = match(this.routes, pathOf(href));
        // If it fails now it is tried again when it is wanted.
        if (found !== undefined) this.ports.load(found.route).catch(() => undefined);
    }

    private async open(pathname: string, search: string): Promise<Omit<View, 'pending' | 'steps'>> {
        const found = match(this.routes, pathname);
        if (found === undefined) return { pathname, search, match: undefined, page: undefined, failure: undefined };
        try {
            return { pathname, search, match: found, page: await this.ports.load(found.route), failure: undefined };
        } catch (error) {
            const failure = error instanceof Error ? error : new Error(String(error));
            return { pathname, search, match: found, page: undefined, failure };
        }
    }

    private async go(href: string, commit: () => void, scroll: boolean): Promise<void> {
        this.wanted += 1;
        const mine = this.wanted;
        const before = this.get();
        const [pathname, search] = [pathOf(href), searchOf(href)];
        if (pathname === before.pathname && before.page !== undefined) {
            commit();
            this.set({ ...before, search, pending: false });
            return;
        }
        this.set({ ...before, pending: true });
        const opened = await this.open(pathname, search);
        if (this.wanted !== mine) return;
        if (opened.failure !== undefined && this.ports.reload(href)) return;
        commit();
        this.set({ ...opened, pending: false, steps: before.steps + 1 });
        if (scroll) this.ports.scrollToTop();
    }
}

export function pathOf(href: string): string {
    return href.split(/[?#]/)[0] ?? '/';
}

function searchOf(href: string): string {
    const query = (href.split('#')[0] ?? '').split('?')[1];
    return query === undefined || query === '' ? '' : `?${query}`;
}
