import { hydration } from '../react/hydration';
import { render } from 'preact';

interface Root {
    render(node: unknown): void;
}

/** Draws into an element, in the place of whatever is there. */
export function createRoot(parent: Element): Root {
    return {
        render: (node) => {
            parent.textContent = '';
            render(node, parent);
        },
    };
}

/** Takes over what the server has sent. */
export function hydrateRoot(parent: Element, node: unknown): void {
    hydration.running = true;
    try {
        render(node, parent, () => undefined);
    } finally {
        hydration.running = false;
    }
}
