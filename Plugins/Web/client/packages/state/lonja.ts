import type {
    Action,
    Activity,
    API,
    Bar,
    Clock,
    Company,
    GetHistoryRequest,
    GetValueResponse,
    History,
    Holding,
    Order,
    Performance,
    Profile,
    SessionSummary,
    Trade,
    Wallet,
} from '@lonja/api/contract';
import { Gate } from './gate';
import type { PreferencesStore } from './preferences';
import { QuoteBook } from './quoteBook';
import type { Resource } from './resource';
import { Resources } from './resources';
import type { SessionStore } from './session';
import { Store } from './store';
import type { StreamHub } from './streamHub';
import type { Tickets } from './tickets';
import { Watchlist } from './watchlist';

export type HistoryRange = NonNullable<GetHistoryRequest['range']>;

/** What has come of a list that is read page by page. */
export interface TradePages {
    readonly items: readonly Trade[];
    readonly more: boolean;
}

/** All that the pages share: what is known, and what keeps it up to date. */
export class Lonja {
    readonly resources = new Resources();
    readonly quotes = new QuoteBook();
    readonly watchlist: Watchlist;
    private readonly fewAtOnce = new Gate(3);
    /** Orders as they change, newest last; for who says aloud what has happened. */
    readonly lastOrder = new Store<Order | undefined>(undefined);

    constructor(
        readonly api: API,
        readonly session: SessionStore,
        readonly hub: StreamHub,
        readonly preferences: PreferencesStore,
        readonly tickets: Tickets,
    ) {
        this.watchlist = new Watchlist(api);
        session.onChange = () => this.clientChanged();
        hub.onQuote = (quote) => this.quotes.put(quote);
        hub.onOrder = (order) => this.ordered(order);
        hub.onResumed = () => this.resumed();
    }

    /** Every company there is: a few hundred at most, so that searching and sorting need no server. */
    get companies(): Resource<readonly Company[]> {
        return this.resources.get('companies', async (signal) => {
            const items: Company[] = [];
            let cursor: string | undefined;
            do {
                const page = await this.api.listCompanies({ limit: 200, ...(cursor === undefined ? {} : { cursor }) }, {
                    signal,
                });
                items.push(...page.items);
                cursor = page.nextCursor === '' ? undefined : page.nextCursor;
            } while (cursor !== undefined);
            return items;
        });
    }

    /** The first ones of the list, for who only has a look. */
    get firstCompanies(): Resource<readonly Company[]> {
        return this.resources.get(
            'first-companies',
            async (signal) => (await this.api.listCompanies({ limit: 5 }, { signal })).items,
        );
    }

    company(symbol: string): Resource<Company> {
        return this.resources.get(`company/${symbol}`, (signal) => this.api.getCompany({ symbol }, { signal }));
    }

    history(symbol: string, range: HistoryRange): Resource<History> {
        return this.resources.get(`history/${symbol}/${range}`, (signal) => {
            return this.api.getHistory({ symbol, range, interval: intervalOf(range) }, { signal });
        });
    }

    /** The last month in closes, for a line in a row; asked for slowly, a few at a time. */
    bars(symbol: string): Resource<readonly Bar[]> {
        return this.resources.get(`bars/${symbol}`, async (signal) => {
            return this.fewAtOnce.run(async () =>
                (await this.api.getHistory({ symbol, range: '1m' }, { signal })).items
            );
        });
    }

    get clock(): Resource<Clock> {
        return this.resources.get('clock', (signal) => this.api.getClock({ signal }));
    }

    get wallet(): Resource<Wallet> {
        return this.resources.get('my/trading/wallet', (signal) => this.api.getWallet({ signal }));
    }

    order(id: string): Resource<Order> {
        return this.resources.get(`my/trading/order/${id}`, (signal) => this.api.getOrder({ id }, { signal }));
    }

    /** What is owned of one company; nothing where none is. */
    holding(symbol: string): Resource<Holding | undefined> {
        return this.resources.get(`my/trading/holding/${symbol}`, async (signal) => {
            return (await this.api.listHoldings({ signal })).items.find((each) => each.symbol === symbol);
        });
    }

    actions(symbol: string): Resource<readonly Action[]> {
        return this.resources.get(
            `actions/${symbol}`,
            async (signal) => (await this.api.listActions({ symbol }, { signal })).items,
        );
    }

    get holdings(): Resource<readonly Holding[]> {
        return this.resources.get(
            'my/trading/holdings',
            async (signal) => (await this.api.listHoldings({ signal })).items,
        );
    }

    /** Purchases and sales, the newest first; so many pages of them. */
    trades(side: 'buy' | 'sell' | undefined, symbol: string | undefined, pages: number): Resource<TradePages> {
        return this.resources.get(`my/trading/history/${side ?? ''}/${symbol ?? ''}/${pages}`, async (signal) => {
            const items: Trade[] = [];
            let cursor: string | undefined;
            for (let page = 0; page < pages; page += 1) {
                const answer = await this.api.listHistory({
                    limit: 20,
                    ...(side === undefined ? {} : { side }),
                    ...(symbol === undefined ? {} : { symbol }),
                    ...(cursor === undefined ? {} : { cursor }),
                }, { signal });
                items.push(...answer.items);
                cursor = answer.nextCursor === '' ? undefined : answer.nextCursor;
                if (cursor === undefined) break;
            }
            return { items, more: cursor !== undefined };
        });
    }

    /** The client's photo, as large as a page shows it. */
    get photo(): Resource<Blob> {
        return this.resources.get('my/photo', (signal) => this.api.getPhoto({ size: 256 }, { signal }));
    }

    get activities(): Resource<readonly Activity[]> {
        return this.resources.get(
            'my/trading/activities',
            async (signal) => (await this.api.listActivities({ limit: 20 }, { signal })).items,
        );
    }

    value(range: HistoryRange): Resource<GetValueResponse> {
        return this.resources.get(`my/trading/value/${range}`, (signal) => this.api.getValue({ range }, { signal }));
    }

    performance(range: HistoryRange): Resource<Performance> {
        return this.resources.get(
            `my/trading/performance/${range}`,
            (signal) => this.api.getPerformance({ range, method: 'twr' }, { signal }),
        );
    }

    /** Orders that are on their way or wait. */
    get openOrders(): Resource<readonly Order[]> {
        return this.resources.get('my/trading/orders/open', async (signal) => {
            const [open, pending] = await Promise.all([
                this.api.listOrders({ state: 'open', limit: 200 }, { signal }),
                this.api.listOrders({ state: 'pending', limit: 200 }, { signal }),
            ]);
            return [...pending.items, ...open.items];
        });
    }

    get profile(): Resource<Profile> {
        return this.resources.get('my/profile', (signal) => this.api.getProfile({ signal }));
    }

    get sessions(): Resource<readonly SessionSummary[]> {
        return this.resources.get('my/sessions', async (signal) => (await this.api.listSessions({ signal })).items);
    }

    /** Prices of these companies from now on, until what it returns is called. */
    watch(symbols: readonly string[]): () => void {
        if (symbols.length === 0) return () => undefined;
        const unwanted = this.hub.want(symbols);
        const unknown = symbols.filter((symbol) => this.quotes.quote(symbol) === undefined);
        if (unknown.length > 0) void this.fetchQuotes(unknown);
        return unwanted;
    }

    /** What an order has changed. */
    tradeChanged(): void {
        this.resources.invalidate('my/trading/');
    }

    /**
     * A snapshot, as the stream only tells of changes and may be late. Refused symbols are marked; failures are shown
     * as age.
     */
    async fetchQuotes(symbols: readonly string[]): Promise<void> {
        try {
            const { items, missing } = await this.api.getQuotes({ symbols });
            for (const quote of items) this.quotes.put(quote);
            for (const each of missing) this.quotes.putMissing(each);
        } catch {
            // The stream brings them when the server is back, and the marker tells meanwhile.
        }
    }

    private ordered(order: Order): void {
        this.lastOrder.set(order);
        this.tradeChanged();
    }

    private resumed(): void {
        this.resources.invalidate('clock');
        if (this.session.get().kind === 'open') this.tradeChanged();
        const shown = this.hub.symbols;
        if (shown.length > 0) void this.fetchQuotes(shown);
    }

    private clientChanged(): void {
        const open = this.session.get().kind === 'open';
        this.resources.forget('my/', open);
        this.hub.wantOrders(open);
        this.watchlist.clientChanged(open);
    }
}

function intervalOf(range: HistoryRange): '1d' | '1w' | '1m' {
    if (range === 'max') return '1m';
    return range === '5y' ? '1w' : '1d';
}
