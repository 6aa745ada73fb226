import type { ReactNode } from 'react';
import { Component } from 'react';

interface Properties {
    readonly children: ReactNode;
    readonly fallback: (error: Error, reset: () => void) => ReactNode;
}

interface State {
    readonly error: Error | undefined;
}

/** Keeps the fault of a part from taking the rest of the page with it. */
export class ErrorBoundary extends Component<Properties, State> {
    override state: State = { error: undefined };

    static getDerivedStateFromError(error: unknown): State {
        return { error: error instanceof Error ? error : new Error(String(error)) };
    }

    override componentDidCatch(error: Error): void {
        console.error(error);
    }

    override render(): ReactNode {
        const { error } = this.state;
        if (error === undefined) return this.props.children;
        return this.props.fallback(error, () => this.setState({ error: undefined }));
    }
}
