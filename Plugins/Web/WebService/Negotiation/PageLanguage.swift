import HTTP
import RPC

/// What the pages are written in.
enum PageLanguage: String, CaseIterable {
    case en, es

    /// The cookie that somebody's choice is kept in.
    static let cookie = "lonja-language"

    /// The choice in the cookie, else what the browser likes best (RFC 9110 §12.5.4), else English.
    static func wanted(by fields: HTTPFields, _ cookies: RequestCookies) -> PageLanguage {
        if let chosen = cookies.only(cookie).flatMap(PageLanguage.init) { return chosen }
        var best = en
        var bestWeight = 0
        for item in WeightedList("accept-language", of: fields).items where item.weight > bestWeight {
            // "es-MX" is Spanish for us.
            let primary = item.name.prefix { $0 != UInt8(ascii: "-") }.map(WeightedList.lowered)
            guard let language = PageLanguage(rawValue: String(decoding: primary, as: UTF8.self)) else { continue }
            best = language
            bestWeight = item.weight
        }
        return best
    }
}
