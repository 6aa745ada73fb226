public import Config
import Contracts
public import Plugin
public import RPC

/// The gateway service as the host sees it: the public API, which the services behind it answer.
public struct GatewayPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "gateway" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    private let market: MarketClient

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        market = MarketClient(context.peer("market"))
    }

    /// What the contracts bind to HTTP, and what streams.
    public var routes: [RESTRoute] {
        market.restRoutes + [QuoteStream(market: market).route, .health]
    }
}
