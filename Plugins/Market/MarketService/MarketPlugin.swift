public import Config
import Observe
public import Plugin
public import RPC
import Reactor

/// The market service as the host sees it: prices and companies from the driver in the slot `market.quotes`.
public struct MarketPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "market" }
    /// Which driver serves.
    public static var settings: [Setting] {
        [.string("market.quotes.driver", default: "replay", "The driver that prices come from: replay")]
    }

    private let service: MarketService

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        let loops = context.loops
        service = MarketService(slot: context.slot("market.quotes", (any QuoteSource).self), now: WallTime.now) {
            time in
            if let loop = EventLoop.current { return try await loop.sleep(for: time) }
            let loop = loops.next()
            try await loop.run { try await loop.sleep(for: time) }
        }
    }

    /// `lonja.market.v1.Market`.
    public var services: [any RPCService] { [service] }
}
