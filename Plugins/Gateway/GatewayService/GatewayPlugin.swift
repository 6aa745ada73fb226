public import Config
import Contracts
import Fetch
public import Plugin
public import RPC

/// The gateway service as the host sees it: the public API, which the services behind it answer.
public struct GatewayPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "gateway" }
    /// Who stands in front of it.
    public static var settings: [Setting] {
        [
            .list(
                proxiesKey,
                default: [],
                "networks, as 10.0.0.0/8, of the proxies whose X-Forwarded-For is believed"
            )
        ]
    }

    private static let proxiesKey = "gateway.trustedProxies"
    /// Bytes of content of what is no photo. Nobody has to show a session for much of it, so it is small.
    private static let largestBody = 64 << 10

    private let market: MarketClient
    private let auth: AuthClient
    private let profile: ProfileClient
    private let wallet: WalletClient
    private let notification: NotificationClient
    private let origin: PublicOrigin
    private let proxies: TrustedProxies

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        market = MarketClient(context.peer("market"))
        auth = AuthClient(context.peer("auth"))
        profile = ProfileClient(context.peer("profile"))
        wallet = WalletClient(context.peer("wallet"))
        notification = NotificationClient(context.peer("notification"))
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
    }

    /// What the contracts bind to HTTP, and what streams or has to do with cookies. All behind the session filter, which
    /// keeps every route closed that it is not told to open.
    public var routes: [RESTRoute] {
        let cookies = CookieJar(origin)
        let filter = SessionFilter(auth: auth, cookies: cookies, origin: OriginCheck(own: origin), proxies: proxies)
        let short =
            market.restRoutes + auth.restRoutes + profile.restRoutes + WalletRoutes(wallet: wallet).routes
            + SessionRoutes(auth: auth, cookies: cookies).routes + GoogleRoutes(auth: auth, cookies: cookies).routes
        let all =
            short.map { $0.limited(maximumBody: Self.largestBody) } + PhotoRoutes(profile: profile).routes
            + [ExportRoute(profile: profile).route, QuoteStream(market: market).route, .health]
            + [MailHookRoute(notification: notification).route]
        return all.map { $0.filtered(by: filter) }
    }
}
