/** What of Preact is used here; the build puts the library itself in this place. */
export interface VNode {
    ref: unknown;
    readonly props: Record<string, unknown>;
}

export class Component<Properties = unknown> {
    props: Properties;
    shouldComponentUpdate?: (next: Properties) => boolean;
    constructor(properties: Properties);
}

export function h(type: unknown, properties: Record<string, unknown>): VNode;
/** A function in the third place has the nodes that are there taken over. */
export function render(node: unknown, parent: Element, taken?: () => void): void;

export const createContext: typeof import('react').createContext;
export const useCallback: typeof import('react').useCallback;
export const useContext: typeof import('react').useContext;
export const useEffect: typeof import('react').useEffect;
export const useLayoutEffect: typeof import('react').useLayoutEffect;
export const useMemo: typeof import('react').useMemo;
export const useReducer: typeof import('react').useReducer;
export const useRef: typeof import('react').useRef;
export const useState: typeof import('react').useState;
