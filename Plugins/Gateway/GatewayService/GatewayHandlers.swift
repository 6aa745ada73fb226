import Contracts

/// What of the public contract the gateway binds by hand: what has to do with cookies, pictures, files and streams. The
/// routes themselves, and what they check, are generated from `lonja.api.v1`.
struct GatewayHandlers: IdentityHandlers, PricesHandlers, TradingHandlers {
    let auth: AuthClient
    let market: MarketClient
    let profile: ProfileClient
    let wallet: WalletClient
    let cookies: CookieJar
}
