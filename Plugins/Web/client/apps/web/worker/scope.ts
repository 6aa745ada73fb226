/** What of a service worker's world is used here: the compiler knows it or the document's, and not both at once. */
export interface ExtendableEvent extends Event {
    waitUntil(work: Promise<unknown>): void;
}

export interface FetchEvent extends ExtendableEvent {
    readonly request: Request;
    respondWith(answer: Promise<Response>): void;
}

export interface WorkerScope {
    readonly location: { readonly origin: string };
    readonly clients: { claim(): Promise<void> };
    skipWaiting(): Promise<void>;
    addEventListener(name: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
    addEventListener(name: 'fetch', listener: (event: FetchEvent) => void): void;
}
