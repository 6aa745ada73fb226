import { useSyncExternalStore } from 'react';

/** Whether the window is at least so wide. Pages that are printed ahead are drawn for a phone. */
export function useWide(pixels: number): boolean {
    const query = `(min-width: ${pixels / 16}rem)`;
    return useSyncExternalStore(
        (listener) => {
            const list = matchMedia(query);
            list.addEventListener('change', listener);
            return () => list.removeEventListener('change', listener);
        },
        () => matchMedia(query).matches,
        () => false,
    );
}
