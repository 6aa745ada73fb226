interface TrustedTypes {
    createPolicy(
        name: string,
        rules: { createScriptURL: (url: string) => string },
    ): { createScriptURL(url: string): string };
}

/** The offline page. Where it cannot be had, as without TLS, the client goes without. */
export function registerWorker(): void {
    if (!('serviceWorker' in navigator)) return;
    const path = '/service-worker.js';
    const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    const policy = types?.createPolicy('lonja-worker', {
        createScriptURL: (url) => {
            if (url === path) return url;
            throw new Error('only the service worker of Lonja is one');
        },
    });
    navigator.serviceWorker.register(policy?.createScriptURL(path) ?? path).catch(() => undefined);
}
