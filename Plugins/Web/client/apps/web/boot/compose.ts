import { API } from '@lonja/api/contract';
import { FetchTransport } from '@lonja/api/fetchTransport';
import { spoken } from '@lonja/i18n/language';
import { Lonja } from '@lonja/state/lonja';
import type { PreferencesPort } from '@lonja/state/preferences';
import { PreferencesStore } from '@lonja/state/preferences';
import type { SessionSignal } from '@lonja/state/session';
import { SessionStore } from '@lonja/state/session';
import type { HubPorts } from '@lonja/state/streamHub';
import { StreamHub } from '@lonja/state/streamHub';
import type { TabStorage } from '@lonja/state/tickets';
import { Tickets } from '@lonja/state/tickets';
import type { Tongue } from './Tongue';
import { WatchfulTransport } from './WatchfulTransport';

/** What differs between a browser and a program that prints pages. */
export interface World {
    readonly fetch: typeof fetch;
    readonly signal: SessionSignal;
    readonly hub: HubPorts;
    readonly preferences: PreferencesPort;
    readonly tabStorage: TabStorage;
    readonly newKey: () => string;
}

/** Puts the parts together. */
export function compose(world: World, tongue: Tongue): Lonja {
    const transport = new WatchfulTransport(new FetchTransport({
        origin: '',
        fetch: world.fetch,
        credentials: () => ({ kind: 'cookie', csrfToken: session.csrfToken }),
        language: () => spoken(tongue.get().language),
    }));
    const api = new API(transport);
    const session: SessionStore = new SessionStore(api, world.signal);
    transport.onUnauthorized = () => session.lost();
    const [hub, preferences] = [new StreamHub(api, world.hub), new PreferencesStore(world.preferences)];
    return new Lonja(api, session, hub, preferences, new Tickets(world.tabStorage, world.newKey));
}
