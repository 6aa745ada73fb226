// What this client uses of React, on Preact, which is a tenth of it to fetch. The compiler checks against React's own
// types,
// pages are printed ahead by React itself, and without the aliases of the build the client runs on React.
// The linter knows references by the package that they come from.
/* oxlint-disable react/immutability */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact';
import { hydration } from './hydration';
import { forwarded, jsx } from './jsx-runtime';

export {
    Component,
    createContext,
    useCallback,
    useContext,
    useEffect,
    useLayoutEffect,
    useMemo,
    useReducer,
    useRef,
    useState,
} from 'preact';
export { Fragment } from './jsx-runtime';

type Properties = Record<string, unknown>;
type Drawn = (properties: Properties, reference: unknown) => unknown;

let ids = 0;

export function useId(): string {
    const [id] = useState(() => `:l${(ids += 1)}:`);
    return id;
}

/** Passes the reference that it is given on to what it draws. */
export function forwardRef(draw: Drawn): (properties: Properties) => unknown {
    const component = ({ reference, ...properties }: Properties): unknown => draw(properties, reference);
    return Object.assign(component, { [forwarded]: true });
}

interface Remembered {
    readonly props: Properties;
    shouldComponentUpdate?: (next: Properties) => boolean;
}

/** Is drawn anew only with other properties. */
export function memo(component: unknown): (properties: Properties) => unknown {
    return function Memo(this: Remembered, properties: Properties): unknown {
        this.shouldComponentUpdate ??= (next) => differ(this.props, next);
        return jsx(component, properties);
    };
}

function differ(left: Properties, right: Properties): boolean {
    const names = Object.keys(left);
    return names.length !== Object.keys(right).length || names.some((name) => !Object.is(left[name], right[name]));
}

/**
 * A value that is kept elsewhere. What the server has sent shows the initial one, and the browser's own comes right
 * after.
 */
export function useSyncExternalStore<Value>(
    subscribe: (listener: () => void) => () => void,
    get: () => Value,
    getInitial: () => Value = get,
): Value {
    const value = hydration.running ? getInitial() : get();
    const seen = useRef({ value, get });
    const [, redraw] = useState({});
    useLayoutEffect(() => {
        seen.current = { value, get };
        if (stale(seen.current)) redraw({});
    }, [subscribe, value, get]);
    useEffect(() => {
        const look = (): void => {
            if (stale(seen.current)) redraw({});
        };
        // It may have changed before anybody listened.
        look();
        return subscribe(look);
    }, [subscribe]);
    return value;
}

function stale<Value>(seen: { readonly value: Value; readonly get: () => Value }): boolean {
    return !Object.is(seen.value, seen.get());
}
