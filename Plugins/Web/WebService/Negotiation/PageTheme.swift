import RPC

/// What a page looks like from its first paint on.
enum PageTheme: String, CaseIterable {
    case auto, light, dark

    /// The cookie that somebody's choice is kept in.
    static let cookie = "lonja-theme"

    /// The choice in the cookie, else the system's.
    static func wanted(by cookies: RequestCookies) -> PageTheme {
        cookies.only(cookie).flatMap(PageTheme.init) ?? .auto
    }
}
