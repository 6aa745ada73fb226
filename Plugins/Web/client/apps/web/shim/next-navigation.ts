import { useMemo } from 'react';
import { useRouterStore, useView } from './router-context';

export interface NavigateOptions {
    readonly scroll?: boolean;
}

/** What pages may ask of the router, as in `next/navigation`. */
export interface AppRouter {
    push(href: string, options?: NavigateOptions): void;
    replace(href: string, options?: NavigateOptions): void;
    back(): void;
    prefetch(href: string): void;
}

export function useRouter(): AppRouter {
    const router = useRouterStore();
    return useMemo(() => ({
        push: (href, options) => router.push(href, options?.scroll),
        replace: (href, options) => router.replace(href, options?.scroll),
        back: () => router.back(),
        prefetch: (href) => router.prefetch(href),
    }), [router]);
}

export function usePathname(): string {
    return useView().pathname;
}

export function useSearchParams(): URLSearchParams {
    const { search } = useView();
    return useMemo(() => new URLSearchParams(search), [search]);
}

export function useParams(): Readonly<Record<string, string>> {
    return useView().match?.parameters ?? {};
}
