import { createContext, useContext, useEffect } from 'react';
import type { Quote } from '@lonja/api/contract';
import type { Lonja } from '@lonja/state/lonja';
import { useStore } from './store';

const Context = createContext<Lonja | undefined>(undefined);

export const LonjaProvider = Context.Provider;

/** What all pages share. */
export function useLonja(): Lonja {
    const lonja = useContext(Context);
    if (lonja === undefined) throw new Error('there is no Lonja above');
    return lonja;
}

/** Has the prices of these companies kept up while the component is there. */
export function useWatched(symbols: readonly string[]): void {
    const lonja = useLonja();
    const key = symbols.join();
    useEffect(() => lonja.watch(key === '' ? [] : key.split(',')), [lonja, key]);
}

/** The newest price of a company that something on the page watches. */
export function useQuote(symbol: string): Quote | undefined {
    return useStore(useLonja().quotes.entry(symbol));
}
