import type { GuideStep } from './guide';
import { Store } from './store';

export type Theme = 'auto' | 'light' | 'dark';
export type Palette = 'green-red' | 'blue-orange';

/** How this browser shows things. */
export interface Preferences {
    readonly theme: Theme;
    readonly palette: Palette;
    readonly hideAmounts: boolean;
    /** How far the guide was. */
    readonly guide: GuideStep;
}

export const usual: Preferences = { theme: 'auto', palette: 'green-red', hideAmounts: false, guide: 'register' };

/** Where they last beyond the page. */
export interface PreferencesPort {
    read(): Preferences;
    write(preferences: Preferences): void;
    /** Another tab has changed them. */
    hear(listener: () => void): void;
}

export class PreferencesStore extends Store<Preferences> {
    constructor(private readonly port: PreferencesPort) {
        super(usual);
    }

    /** Takes up what this browser has kept. */
    start(): void {
        this.set(this.port.read());
        this.port.hear(() => this.set(this.port.read()));
    }

    change(change: Partial<Preferences>): void {
        const next = { ...this.get(), ...change };
        this.port.write(next);
        this.set(next);
    }
}
