import { useSyncExternalStore } from 'react';

/** What the server has said on the document, as `data-mails`; nothing while pages are printed. */
export function useDocumentData(name: string): string | undefined {
    return useSyncExternalStore(() => () => undefined, () => document.documentElement.dataset[name], () => undefined);
}
