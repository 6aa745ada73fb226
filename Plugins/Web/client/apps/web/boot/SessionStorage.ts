import type { TabStorage } from '@lonja/state/tickets';

/** The browser's storage of this tab; where it keeps nothing, memory does until the page goes. */
export class SessionStorage implements TabStorage {
    private readonly memory = new Map<string, string>();

    constructor(private readonly prefix: string) {}

    get(name: string): string | undefined {
        try {
            return sessionStorage.getItem(this.prefix + name) ?? this.memory.get(name);
        } catch {
            return this.memory.get(name);
        }
    }

    set(name: string, value: string | undefined): void {
        if (value === undefined) this.memory.delete(name);
        else this.memory.set(name, value);
        try {
            if (value === undefined) sessionStorage.removeItem(this.prefix + name);
            else sessionStorage.setItem(this.prefix + name, value);
        } catch {
            // Memory has it.
        }
    }
}
