public import Config
import Observe
public import Plugin
public import RPC
import Reactor
import ServiceLifecycle
import Valkey

/// The market service as the host sees it: prices and companies from the driver in the slot `market.quotes`, and while
/// that one does not answer from the one in `market.fallback`, if there is one.
public struct MarketPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "market" }
    /// Which drivers serve, how often they may be asked, and how long an answer is kept.
    public static var settings: [Setting] {
        [.string("market.quotes.driver", default: "replay", "the driver that prices come from: replay")]
            + SourceSettings.declared + Freshness.settings + ValkeySettings.declared(for: "market")
    }

    private let service: MarketService
    private let store: ValkeyClient?

    /// Cheap; opens nothing.
    /// - Throws: `ConfigurationError` for an address that is none.
    public init(context: PluginContext) throws {
        let times = Times.real(context.loops)
        let settings = context.settings.snapshot
        store = try context.valkey()
        let links = SourceSettings(settings).links(
            primary: context.slot("market.quotes", (any QuoteSource).self),
            fallback: context.slot("market.fallback", (any QuoteSource).self),
            store: store,
            times: times,
            metrics: context.metrics
        )
        service = MarketService(
            chain: SourceChain(links),
            usual: Freshness(settings),
            store: store,
            times: times,
            loops: context.loops,
            metrics: context.metrics
        )
    }

    /// `lonja.market.v1.Market`.
    public var services: [any RPCService] { [service] }

    /// Fetches prices and feeds streams until the end.
    public func run() async throws {
        defer { store?.close() }
        await cancelWhenGracefulShutdown { [service] in await service.run() }
    }
}
