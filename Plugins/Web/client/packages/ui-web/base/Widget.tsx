import type { ReactNode } from 'react';
import { useMessages } from '../context/language';
import { Button } from './Button';
import { ErrorBoundary } from './ErrorBoundary';
import { Notice } from './Notice';

/** A part of a page that may fail by itself, as a chart. */
export function Widget({ children }: { children: ReactNode }): JSX.Element {
    const { problem, words } = useMessages('common');
    return (
        <ErrorBoundary
            fallback={(_, reset) => (
                <Notice mood="bad" announced>
                    <p>{problem.widget}</p>
                    <Button size="small" className="mt-3" onClick={reset}>{words.retry}</Button>
                </Notice>
            )}
        >
            {children}
        </ErrorBoundary>
    );
}
