/** A value that changes, and those who want to know. */
export interface Readable<Value> {
    readonly get: () => Value;
    /** Returns what ends the subscription. */
    readonly subscribe: (listener: () => void) => () => void;
    /** What it was at first, which is what prerendered pages show. */
    readonly getInitial: () => Value;
}

export class Store<Value> implements Readable<Value> {
    private value: Value;
    private readonly listeners = new Set<() => void>();

    constructor(private readonly initial: Value) {
        this.value = initial;
    }

    readonly getInitial = (): Value => this.initial;

    readonly get = (): Value => this.value;

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        if (this.listeners.size === 1) this.begin();
        return () => {
            if (this.listeners.delete(listener) && this.listeners.size === 0) this.end();
        };
    };

    set(value: Value): void {
        if (Object.is(value, this.value)) return;
        this.value = value;
        for (const listener of Array.from(this.listeners)) listener();
    }

    update(change: (value: Value) => Value): void {
        this.set(change(this.value));
    }

    get watched(): boolean {
        return this.listeners.size > 0;
    }

    /** The first listener has come. */
    protected begin(): void {}

    /** The last one has gone. */
    protected end(): void {}
}
