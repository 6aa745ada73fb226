public import Config
import Contracts
import Fetch
public import Plugin
public import RPC
import ServiceLifecycle
import Valkey

/// The gateway service as the host sees it: the public API, which the services behind it answer.
public struct GatewayPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "gateway" }
    /// Who stands in front of it, and how much it takes on.
    public static var settings: [Setting] {
        [
            .list(
                proxiesKey,
                default: [],
                "networks, as 10.0.0.0/8, of the proxies whose X-Forwarded-For is believed"
            ),
            .bool(
                closedPricesKey,
                default: false,
                "prices and companies for those with a session alone, as some sources' licences want it"
            ),
            .int(callsKey, default: 256, range: 1...1_000_000, "calls of one service being waited for; 503 above"),
        ] + Occupancy.Limits.settings + LimitRules.settings + ValkeySettings.declared(for: "gateway")
    }

    private static let proxiesKey = "gateway.trustedProxies"
    private static let closedPricesKey = "gateway.prices.closed"
    private static let callsKey = "gateway.limits.callsPerService"
    private let market: MarketClient
    private let auth: AuthClient
    private let notification: NotificationClient
    private let profile: ProfileClient
    private let wallet: WalletClient
    private let origin: PublicOrigin
    private let proxies: TrustedProxies
    private let closesPrices: Bool
    private let store: ValkeyClient?
    private let limiter: RateLimiter
    private let gate: OccupancyGate
    private let known: KnownSessions

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        let calls = context.settings.int(Self.callsKey)
        func peer(_ name: StaticString) -> RPCPeer {
            context.peer(name).bounded(by: Bulkhead(name.description, limit: calls))
        }
        // Who asks for a price gets the same as everybody.
        let reads = [MarketMethods.getQuote.method, MarketMethods.getQuotes.method]
        let prices = context.peer("market").sharing(reads)
        market = MarketClient(prices.bounded(by: Bulkhead("market", limit: calls)))
        auth = AuthClient(peer("auth"))
        notification = NotificationClient(peer("notification"))
        profile = ProfileClient(peer("profile"))
        wallet = WalletClient(peer("wallet"))
        origin = try context.settings.publicOrigin()
        proxies = TrustedProxies(
            networks: try context.settings.list(Self.proxiesKey).map { text in
                guard let network = IPNetwork(text) else {
                    throw ConfigurationError(
                        invalid: Self.proxiesKey,
                        "\(Self.proxiesKey): \(text.prefix(100)) is no network; use 10.0.0.0/8 or fd00::/8"
                            + " (\(context.settings.snapshot.origin(of: Self.proxiesKey)))"
                    )
                }
                return network
            }
        )
        closesPrices = context.settings.bool(Self.closedPricesKey)
        // Without a store each process counts by itself.
        store = try context.valkey()
        limiter = RateLimiter(try LimitRules(context.settings), shared: store.map { SharedBuckets($0) })
        gate = OccupancyGate(Occupancy.Limits(context.settings))
        known = KnownSessions(auth: auth, loops: context.loops)
    }

    /// The routes of the public contract, and those for machines; all behind the limits, and the session filter, which
    /// keeps every route closed that is not said to be for anybody.
    public var routes: [RESTRoute] {
        let cookies = CookieJar(origin)
        let sessions = SessionFilter(auth: auth, known: known, cookies: cookies, origin: OriginCheck(own: origin))
        let addresses = AddressLimits(proxies: proxies, gate: gate, limiter: limiter)
        let accounts = AccountLimits(limiter: limiter)
        let admission = SharedAdmission(
            proxies: proxies,
            gate: gate,
            limiter: limiter,
            known: known,
            cookies: cookies
        )
        let handlers = GatewayHandlers(auth: auth, market: market, profile: profile, wallet: wallet, cookies: cookies)
        let prices = PricesRoutes(market: market, handlers: handlers).all
        let contract =
            IdentityRoutes(auth: auth, profile: profile, handlers: handlers).all
            + (closesPrices ? prices.map { $0.closed(scope: "read") } : prices)
            + TradingRoutes(wallet: wallet, handlers: handlers).all
        let own = DocsRoutes.all + [.health, MailHookRoute(notification: notification).route]
        return (contract + own)
            .map { $0.filtered(by: accounts).filtered(by: sessions).filtered(by: addresses).admitted(by: admission) }
    }

    /// Those whose `x-forwarded-for` is believed.
    public func isProxy(_ address: [UInt8]) -> Bool { proxies.trusts(address) }

    /// Keeps the connections to the store until the end.
    public func run() async throws {
        defer { store?.close() }
        try? await gracefulShutdown()
    }
}
