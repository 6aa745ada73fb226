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
        WeightedList.scan("accept-language", of: fields) { item in
            guard item.weight > bestWeight, item.begins("en") || item.begins("es") else { return }
            best = item.begins("es") ? es : en
            bestWeight = item.weight
        }
        return best
    }
}
