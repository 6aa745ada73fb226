import type { ComponentType } from 'react';
import type { Catalogue } from 'gen/catalogue';

/** What a page's file exports. */
export interface PageModule {
    readonly default: ComponentType;
}

/** A page: where it is, and what has to be fetched before it is shown. */
export interface Route {
    /** "/stocks/:symbol" */
    readonly pattern: string;
    readonly messages: readonly (keyof Catalogue)[];
    readonly load: () => Promise<PageModule>;
}

export interface Match {
    readonly route: Route;
    readonly parameters: Readonly<Record<string, string>>;
}

/** The first route that the path is of. */
export function match(routes: readonly Route[], pathname: string): Match | undefined {
    const segments = split(pathname);
    for (const route of routes) {
        const parameters = parametersOf(split(route.pattern), segments);
        if (parameters !== undefined) return { route, parameters };
    }
    return undefined;
}

function split(path: string): readonly string[] {
    return path.split('/').filter((segment) => segment !== '');
}

function parametersOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
    if (pattern.length !== segments.length) return undefined;
    const parameters: Record<string, string> = {};
    for (const [index, part] of pattern.entries()) {
        const segment = segments[index] ?? '';
        if (part.startsWith(':')) {
            const value = decoded(segment);
            if (value === undefined) return undefined;
            parameters[part.slice(1)] = value;
        } else if (part !== segment) {
            return undefined;
        }
    }
    return parameters;
}

function decoded(segment: string): string | undefined {
    try {
        return decodeURIComponent(segment);
    } catch {
        return undefined;
    }
}
