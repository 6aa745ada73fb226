import type { ReactNode } from 'react';
import type { VNode } from 'preact';
import { h } from 'preact';
import { nativeName } from './attributes';

type Properties = Record<string, unknown>;

/** Marks a component that is given its reference like any other property. */
export const forwarded = Symbol('forwarded');

export function Fragment({ children }: { readonly children?: ReactNode }): ReactNode {
    return children;
}

/** An element, as the compiler writes it. */
export function jsx(type: unknown, properties: Properties, key?: unknown): VNode {
    const given: Properties = typeof type === 'string' ? native(type, properties) : { ...properties };
    if (key !== undefined) given['key'] = key;
    const node = h(type, given);
    if (typeof type === 'function' && forwarded in type) {
        node.props['reference'] = node.ref;
        node.ref = null;
    }
    return node;
}

export { jsx as jsxs };

function native(element: string, properties: Properties): Properties {
    const given: Properties = {};
    for (const name in properties) given[nativeName(name, element, properties['type'])] = properties[name];
    return given;
}
