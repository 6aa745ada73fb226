import type { OrderPreview, PlaceOrderRequest } from '@lonja/api/contract';
import type { Draft } from '@lonja/domain/orderRules';
import { emptyDraft } from '@lonja/domain/orderRules';

/**
 * An order that is looked at before it is placed. Its key is made once, so that however often it is sent there is one
 * order.
 */
export interface Review {
    readonly request: PlaceOrderRequest;
    readonly preview: OrderPreview | undefined;
    readonly key: string;
    /** Once it is placed. */
    readonly orderID: string | undefined;
}

/** Keeps texts for as long as a tab is open. */
export interface TabStorage {
    get(name: string): string | undefined;
    set(name: string, value: string | undefined): void;
}

/** What is typed into tickets and not yet placed: it outlasts a reload and a login. */
export class Tickets {
    constructor(private readonly storage: TabStorage, private readonly newKey: () => string) {}

    draft(symbol: string): Draft {
        return { ...emptyDraft, ...this.read<Partial<Draft>>(`draft/${symbol}`) };
    }

    keepDraft(symbol: string, draft: Draft): void {
        this.storage.set(`draft/${symbol}`, JSON.stringify(draft));
    }

    review(symbol: string): Review | undefined {
        return this.read<Review>(`review/${symbol}`);
    }

    /** Begins a review. The same order that is still not placed goes on under its key. */
    begin(request: PlaceOrderRequest, preview: OrderPreview): void {
        const before = this.review(request.symbol);
        const same = before !== undefined && before.orderID === undefined &&
            JSON.stringify(before.request) === JSON.stringify(request);
        this.keep(request.symbol, { request, preview, key: same ? before.key : this.newKey(), orderID: undefined });
    }

    priced(symbol: string, preview: OrderPreview): void {
        const review = this.review(symbol);
        if (review !== undefined) this.keep(symbol, { ...review, preview });
    }

    placed(symbol: string, orderID: string): void {
        const review = this.review(symbol);
        if (review === undefined) return;
        this.keep(symbol, { ...review, orderID });
        const draft = this.draft(symbol);
        this.keepDraft(symbol, { ...emptyDraft, side: draft.side, by: draft.by });
    }

    /** The order was refused, so that another try is another order. */
    refused(symbol: string): void {
        const review = this.review(symbol);
        if (review !== undefined) this.keep(symbol, { ...review, key: this.newKey() });
    }

    private keep(symbol: string, review: Review): void {
        this.storage.set(`review/${symbol}`, JSON.stringify(review));
    }

    private read<Value>(name: string): Value | undefined {
        const text = this.storage.get(name);
        if (text === undefined) return undefined;
        try {
            // Only this class writes it, and another version's is at worst a draft with other fields.
            return JSON.parse(text) as Value;
        } catch {
            return undefined;
        }
    }
}
