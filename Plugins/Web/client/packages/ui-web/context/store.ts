import { useSyncExternalStore } from 'react';
import type { Readable } from '@lonja/state/store';
import type { Loaded, Resource } from '@lonja/state/resource';

/** What a store holds, now and whenever it changes. */
export function useStore<Value>(store: Readable<Value>): Value {
    return useSyncExternalStore(store.subscribe, store.get, store.getInitial);
}

const nothing: Readable<Loaded<never>> = {
    get: () => absent,
    getInitial: () => absent,
    subscribe: () => () => undefined,
};
const absent: Loaded<never> = { value: undefined, problem: undefined, loading: false };

/** Something of the API, asked for by being shown; nothing where there is nothing to ask for. */
export function useResource<Value>(resource: Resource<Value> | undefined): Loaded<Value> {
    return useStore<Loaded<Value>>(resource ?? nothing);
}
