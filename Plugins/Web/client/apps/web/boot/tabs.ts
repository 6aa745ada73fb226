import type { SessionSignal } from '@lonja/state/session';
import type { HubPorts, TabMessage } from '@lonja/state/streamHub';

/** The other tabs of this browser, for the stream that they share. */
export function hubPorts(): HubPorts {
    const channel = new BroadcastChannel('lonja-stream');
    return {
        tab: crypto.randomUUID(),
        now: Date.now,
        random: Math.random,
        sleep,
        lead,
        tell: (message) => channel.postMessage(message),
        hear: (listener) =>
            channel.addEventListener('message', (event: MessageEvent<TabMessage>) => listener(event.data)),
    };
}

/** Tells the other tabs who is logged in. */
export class TabSignal implements SessionSignal {
    private readonly channel = new BroadcastChannel('lonja-session');

    tell(what: 'begun' | 'ended'): void {
        this.channel.postMessage(what);
    }

    hear(listener: (what: 'begun' | 'ended') => void): void {
        this.channel.addEventListener('message', (event: MessageEvent<'begun' | 'ended'>) => listener(event.data));
    }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const end = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', end);
            resolve();
        };
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener('abort', end);
    });
}

/** The browser gives the lock to the next tab as soon as the one that has it is gone, however it went. */
async function lead(body: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
        await navigator.locks.request('lonja-stream', { signal }, () => body(signal));
    } catch (error) {
        if (!signal.aborted) throw error;
    }
}
