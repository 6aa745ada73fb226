import type { API, Order, Quote } from '@lonja/api/contract';
import type { LiveState } from './liveLink';
import { liveState, retryDelay } from './liveLink';
import { Store } from './store';
import type { Want } from './wants';
import { sameWant, Wants } from './wants';

/** What tabs of one browser say to each other. */
export type TabMessage =
    | { readonly kind: 'want'; readonly tab: string; readonly want: Want }
    | { readonly kind: 'gone'; readonly tab: string }
    | { readonly kind: 'roll-call' }
    | { readonly kind: 'heard' }
    | { readonly kind: 'resumed' }
    | { readonly kind: 'quote'; readonly quote: Quote }
    | { readonly kind: 'order'; readonly order: Order; readonly id: string | undefined };

/** What the hub needs of the browser. */
export interface HubPorts {
    readonly tab: string;
    readonly now: () => number;
    readonly random: () => number;
    /** Settles after the time, or at once when the signal ends it. */
    readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
    /** Runs the body once this tab leads; of all tabs one at a time does. Ends with the signal. */
    readonly lead: (body: (signal: AbortSignal) => Promise<void>, signal: AbortSignal) => Promise<void>;
    readonly tell: (message: TabMessage) => void;
    readonly hear: (listener: (message: TabMessage) => void) => void;
}

/** Milliseconds between two times that tabs say they are still there. */
const rollCallEvery = 5_000;

/**
 * One stream of prices and one of orders for all tabs of a browser: the tab that leads holds them for all and passes on
 * what comes. When it goes, another takes over, and begins after the last event that was seen.
 */
export class StreamHub {
    readonly state = new Store<LiveState>('idle');
    readonly paused = new Store(false);
    onQuote: (quote: Quote) => void = () => undefined;
    onOrder: (order: Order) => void = () => undefined;
    /** After a gap: what is shown may have missed something. */
    onResumed: () => void = () => undefined;

    private readonly wants = new Wants(4 * rollCallEvery);
    private readonly counts = new Map<string, number>();
    private orders = false;
    private heardAt: number | undefined;
    private toldAt = Number.NEGATIVE_INFINITY;
    private since: number;
    private lastOrderID: string | undefined;
    /** Ends what is connected for what was wanted before. */
    private readonly changes = new Set<() => void>();
    private announced = false;

    constructor(private readonly api: API, private readonly ports: HubPorts) {
        this.since = ports.now();
    }

    /** Runs until the signal ends it. */
    async run(signal: AbortSignal): Promise<void> {
        this.ports.hear((message) => this.receive(message));
        await Promise.all([this.ports.lead((held) => this.leading(held), signal), this.watch(signal)]);
    }

    /** Wants prices until what it returns is called. */
    want(symbols: readonly string[]): () => void {
        for (const symbol of symbols) this.counts.set(symbol, (this.counts.get(symbol) ?? 0) + 1);
        this.announce();
        return () => {
            for (const symbol of symbols) {
                const count = (this.counts.get(symbol) ?? 0) - 1;
                if (count > 0) this.counts.set(symbol, count);
                else this.counts.delete(symbol);
            }
            this.announce();
        };
    }

    /** Whether there are orders to hear of, which takes a session. */
    wantOrders(orders: boolean): void {
        if (this.orders === orders) return;
        this.orders = orders;
        if (!orders) this.lastOrderID = undefined;
        this.announce();
    }

    pause(paused: boolean): void {
        this.paused.set(paused);
        this.judge();
        if (!paused) this.onResumed();
    }

    /** The tab closes. */
    leave(): void {
        this.ports.tell({ kind: 'gone', tab: this.ports.tab });
    }

    /** The companies whose prices this tab shows. */
    get symbols(): readonly string[] {
        return [...this.counts.keys()];
    }

    private get own(): Want {
        return { symbols: [...this.counts.keys()].sort(), orders: this.orders };
    }

    /** Tells all at once what a page wants, rather than row by row. */
    private announce(): void {
        if (this.announced) return;
        this.announced = true;
        queueMicrotask(() => {
            this.announced = false;
            this.sayWant();
        });
    }

    private sayWant(): void {
        const want = this.own;
        if (this.heardAt === undefined) this.since = this.ports.now();
        this.judge();
        this.wants.put(this.ports.tab, want, this.ports.now());
        this.ports.tell({ kind: 'want', tab: this.ports.tab, want });
        this.changed();
    }

    private changed(): void {
        for (const change of Array.from(this.changes)) change();
    }

    private receive(message: TabMessage): void {
        switch (message.kind) {
            case 'want':
                this.wants.put(message.tab, message.want, this.ports.now());
                return this.changed();
            case 'gone':
                this.wants.remove(message.tab);
                return this.changed();
            case 'roll-call':
                return this.sayWant();
            case 'heard':
                return this.heard();
            case 'resumed':
                return this.onResumed();
            case 'quote':
                return this.quote(message.quote);
            case 'order':
                return this.order(message.order, message.id);
        }
    }

    private quote(quote: Quote): void {
        this.heard();
        if (!this.paused.get()) this.onQuote(quote);
    }

    private order(order: Order, id: string | undefined): void {
        this.lastOrderID = id ?? this.lastOrderID;
        this.heard();
        this.onOrder(order);
    }

    private heard(): void {
        this.heardAt = this.ports.now();
        this.judge();
    }

    private judge(): void {
        const { paused, heardAt, since } = this;
        const facts = { paused: paused.get(), wanted: this.counts.size > 0, heardAt, since };
        this.state.set(liveState(facts, this.ports.now()));
    }

    /** Looks at the clock, as silence gives no event. */
    private async watch(signal: AbortSignal): Promise<void> {
        while (!signal.aborted) {
            await this.ports.sleep(1_000, signal);
            this.judge();
        }
    }

    private async leading(signal: AbortSignal): Promise<void> {
        this.ports.tell({ kind: 'roll-call' });
        this.sayWant();
        await Promise.all([
            this.callRoll(signal),
            this.hold(
                signal,
                (want) => ({ symbols: want.symbols, orders: false }),
                (want, held) => this.holdQuotes(want, held),
            ),
            this.hold(signal, (want) => ({ symbols: [], orders: want.orders }), (_, held) => this.holdOrders(held)),
        ]);
    }

    private async callRoll(signal: AbortSignal): Promise<void> {
        while (!signal.aborted) {
            await this.ports.sleep(rollCallEvery, signal);
            if (!signal.aborted) this.ports.tell({ kind: 'roll-call' });
            this.wants.put(this.ports.tab, this.own, this.ports.now());
            this.changed();
        }
    }

    /** Keeps one stream of what is wanted, anew after each change of it and after each failure. */
    private async hold(
        signal: AbortSignal,
        part: (want: Want) => Want,
        connect: (want: Want, signal: AbortSignal) => Promise<void>,
    ): Promise<void> {
        let failures = 0;
        while (!signal.aborted) {
            const want = part(this.wants.together(this.ports.now()));
            const held = new AbortController();
            const end = (): void => held.abort();
            const change = (): void => {
                if (!sameWant(part(this.wants.together(this.ports.now())), want)) held.abort();
            };
            signal.addEventListener('abort', end);
            this.changes.add(change);
            const began = this.ports.now();
            try {
                if (want.symbols.length > 0 || want.orders) await connect(want, held.signal);
                else await this.ports.sleep(3_600_000, held.signal);
            } catch {
                // Why does not matter: it is tried again, and the screen says that prices are old meanwhile.
            }
            if (!held.signal.aborted) {
                failures = this.ports.now() - began > 10_000 ? 0 : failures + 1;
                await this.ports.sleep(retryDelay(failures, this.ports.random()), held.signal);
                if (!held.signal.aborted) this.resumed();
            } else {
                // Pages change what they want in steps; a moment's patience asks once.
                await this.ports.sleep(100, signal);
            }
            signal.removeEventListener('abort', end);
            this.changes.delete(change);
        }
    }

    private async holdQuotes(want: Want, signal: AbortSignal): Promise<void> {
        const options = { signal, onActivity: () => this.tellHeard() };
        for await (const quote of this.api.streamQuotes({ symbols: want.symbols }, options)) {
            this.ports.tell({ kind: 'quote', quote });
            this.quote(quote);
        }
    }

    private async holdOrders(signal: AbortSignal): Promise<void> {
        let id = this.lastOrderID;
        const options = { signal, onActivity: () => this.tellHeard(), onEventID: (next: string) => (id = next) };
        for await (const order of this.api.streamEvents(id === undefined ? {} : { after: id }, options)) {
            this.ports.tell({ kind: 'order', order, id });
            this.order(order, id);
        }
    }

    private resumed(): void {
        this.ports.tell({ kind: 'resumed' });
        this.onResumed();
    }

    /** At most once in a second: tabs need to know that, not how often. */
    private tellHeard(): void {
        this.heard();
        const now = this.ports.now();
        if (now - this.toldAt < 1_000) return;
        this.toldAt = now;
        this.ports.tell({ kind: 'heard' });
    }
}
