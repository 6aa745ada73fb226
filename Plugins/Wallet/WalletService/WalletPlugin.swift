public import Config
import Contracts
import Observe
public import Plugin
import Postgres
public import RPC
import Reactor
import ServiceLifecycle

/// The wallet service as the host sees it.
public struct WalletPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "wallet" }
    /// Where its database is, and who executes orders.
    public static var settings: [Setting] {
        PostgresSettings.declared(for: "wallet") + [
            .string("wallet.brokerage.driver", default: "paper", "The driver that executes orders: paper or alpaca")
        ] + Faults.settings
    }

    let database: PostgresClient
    let service: WalletService
    let loops: TradeLoops

    /// Cheap; opens nothing.
    /// - Throws: a `ConfigurationError` where there is no database.
    public init(context: PluginContext) throws {
        try self.init(context: context, times: TradeTimes(), faults: Faults.configured(context.settings))
    }

    /// For tests: with other times, and faults.
    init(context: PluginContext, times: TradeTimes, faults: Faults) throws {
        guard let database = try context.postgres() else {
            let key = PostgresSettings.hostKey("wallet")
            throw ConfigurationError(
                invalid: key,
                "\(key) is not set: wallet keeps orders and shares in PostgreSQL; set it to a host, or to the folder of"
                    + " a unix socket"
            )
        }
        self.database = database
        let group = context.loops
        let pause: @Sendable (Duration) async throws -> Void = { time in
            if let loop = EventLoop.current { return try await loop.sleep(for: time) }
            let loop = group.next()
            try await loop.run { try await loop.sleep(for: time) }
        }
        let slot = context.slot("wallet.brokerage", (any Brokerage).self)
        let market = MarketClient(context.peer("market"))
        let days = MarketDays(store: DayStore(database: database), pause: pause)
        let desk = MarketDesk(client: market, times: times, days: days, now: WallTime.now)
        let saga = TradeSaga(
            orders: OrderStore(database: database, lease: times.lease),
            profile: ProfileClient(context.peer("profile")),
            slot: slot,
            times: times,
            now: WallTime.now,
            faults: faults,
            pause: pause
        )
        service = WalletService(
            watchlist: Watchlist(database: database),
            shares: ShareStore(database: database),
            activities: ActivityStore(database: database),
            values: ValueStore(database: database),
            resets: ResetStore(database: database, lease: times.lease),
            saga: saga,
            desk: desk,
            market: market,
            logger: context.logger,
            pause: pause
        )
        loops = TradeLoops(
            saga: saga,
            market: desk,
            slot: slot,
            stuck: context.metrics.gauge(
                "lonja_wallet_stuck_orders",
                help: "Orders that several attempts have not finished."
            ),
            actions: ActionLoop(
                watch: DayWatch(
                    store: DayStore(database: database),
                    days: days,
                    market: market,
                    patience: times.call
                ),
                store: ActionStore(database: database, lease: times.lease),
                credits: CreditStore(database: database, lease: times.lease),
                closes: CloseStore(database: database, lease: times.lease),
                market: market,
                resets: AccountReset(store: ResetStore(database: database, lease: times.lease), saga: saga),
                times: times,
                logger: context.logger
            ),
            logger: context.logger,
            pause: pause
        )
    }

    /// Brings the database to the shape of this build.
    public func migrate() async throws {
        let migrations: [Migration] = [.watched, .trading, .brokerages, .books]
        try await Migrator(database, service: "wallet", migrations: migrations).run()
    }

    /// `lonja.wallet.v1.Wallet`. What is not here yet answers UNIMPLEMENTED.
    public var services: [any RPCService] { [service] }

    /// Finishes what crashes left, fills and ends waiting orders, until the end.
    public func run() async throws {
        await withTaskGroup { group in
            group.addTask { try? await gracefulShutdown() }
            group.addTask { [loops] in await loops.run() }
            await group.next()
            group.cancelAll()
        }
        database.close()
    }
}
