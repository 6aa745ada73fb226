import type { ExtendableEvent, FetchEvent, WorkerScope } from './scope';

/** Set by the build to what the client is made from. */
declare const VERSION: string;
declare const self: WorkerScope;

const cacheName = `lonja-${VERSION}`;
const offline = '/offline';

/** The offline page with all that it shows. */
async function install(): Promise<void> {
    const cache = await caches.open(cacheName);
    const page = await fetch(offline, { cache: 'reload' });
    if (!page.ok) throw new Error(`the offline page is answered with ${page.status}`);
    const assets = [...(await page.clone().text()).matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) =>
        match[1] ?? ''
    );
    await cache.put(offline, page);
    await cache.addAll([...new Set(assets)]);
    await self.skipWaiting();
}

async function activate(): Promise<void> {
    for (const name of await caches.keys()) {
        if (name !== cacheName) await caches.delete(name);
    }
    await self.clients.claim();
}

/** Pages come from the server, or it is said that there is none. What the API tells is never kept. */
async function page(request: Request): Promise<Response> {
    try {
        return await fetch(request);
    } catch {
        return (await caches.match(offline)) ?? Response.error();
    }
}

/** An asset never changes under its name. */
async function asset(request: Request): Promise<Response> {
    const found = await caches.match(request);
    if (found !== undefined) return found;
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(cacheName)).put(request, answer.clone());
    return answer;
}

self.addEventListener('install', (event: ExtendableEvent) => event.waitUntil(install()));
self.addEventListener('activate', (event: ExtendableEvent) => event.waitUntil(activate()));
self.addEventListener('fetch', (event: FetchEvent) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== 'GET' || origin !== self.location.origin) return;
    if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
    else if (request.mode === 'navigate' && !pathname.startsWith('/api/')) event.respondWith(page(request));
});
