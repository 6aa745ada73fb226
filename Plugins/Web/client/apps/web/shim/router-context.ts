import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Router, View } from './router';

const Context = createContext<Router | undefined>(undefined);

export const RouterProvider = Context.Provider;

export function useRouterStore(): Router {
    const router = useContext(Context);
    if (router === undefined) throw new Error('there is no router above');
    return router;
}

export function useView(): View {
    const router = useRouterStore();
    return useSyncExternalStore(router.subscribe, router.get, router.getInitial);
}
