import type { API, LoginRequest, OwnSession } from '@lonja/api/contract';
import { APIProblem } from '@lonja/api/transport';
import { Store } from './store';

export type SessionState =
    | { readonly kind: 'unknown' }
    /** Whether there was one until now: that has ended by itself, or that was left in this tab. */
    | { readonly kind: 'none'; readonly ended: boolean; readonly left: boolean }
    | { readonly kind: 'open'; readonly session: OwnSession }
    /** Nobody can say, as the server does not answer. */
    | { readonly kind: 'unreachable'; readonly problem: APIProblem };

/** Tells the other tabs of this browser. */
export interface SessionSignal {
    tell(what: 'begun' | 'ended'): void;
    hear(listener: (what: 'begun' | 'ended') => void): void;
}

/** Who is logged in, in this browser. */
export class SessionStore extends Store<SessionState> {
    /** Called whenever another client's data must not be seen any more. */
    onChange: () => void = () => undefined;

    constructor(private readonly api: API, private readonly signal: SessionSignal) {
        super({ kind: 'unknown' });
        signal.hear((what) => {
            if (what === 'ended') this.become({ kind: 'none', ended: false, left: false });
            else void this.check();
        });
    }

    get csrfToken(): string | undefined {
        const state = this.get();
        return state.kind === 'open' ? state.session.csrfToken : undefined;
    }

    /** Asks the server. */
    async check(): Promise<void> {
        try {
            this.become({ kind: 'open', session: await this.api.getSession() });
        } catch (error) {
            if (!(error instanceof APIProblem)) throw error;
            if (error.status === 401) this.become({ kind: 'none', ended: this.get().kind === 'open', left: false });
            else if (this.get().kind !== 'open') this.become({ kind: 'unreachable', problem: error });
        }
    }

    /** Throws the API's problem. */
    async login(request: LoginRequest): Promise<void> {
        this.begun(await this.api.login(request));
    }

    /** A session that an answer has opened. */
    begun(session: OwnSession): void {
        this.become({ kind: 'open', session });
        this.signal.tell('begun');
    }

    async logout(): Promise<void> {
        await this.api.logout();
        this.left();
    }

    /** The session is over by what this tab did. */
    left(): void {
        this.become({ kind: 'none', ended: false, left: true });
        this.signal.tell('ended');
    }

    /** Some call was refused for want of a session. */
    lost(): void {
        if (this.get().kind === 'open') this.become({ kind: 'none', ended: true, left: false });
    }

    private become(state: SessionState): void {
        const before = this.get();
        const changed = (before.kind === 'open' ? before.session.userId : '') !==
            (state.kind === 'open' ? state.session.userId : '');
        this.set(state);
        if (changed) this.onChange();
    }
}
