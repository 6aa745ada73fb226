/// What a session key may do. Which routes need which is the public contract's business.
enum SessionScope: String, Sendable, CaseIterable {
    /// Look at what is the client's.
    case read
    /// Change orders, the wallet and the watchlist.
    case trade
    /// Change the profile and the sessions, and take all data.
    case account

    /// All of them, which is what a session itself may do.
    static let all = Set(allCases)

    /// Their names with spaces between them, as RFC 8693 §4.2 writes the claim `scope`.
    static func text(_ scopes: Set<SessionScope>) -> String {
        names(scopes).joined(separator: " ")
    }

    /// Their names, in the order above.
    static func names(_ scopes: Set<SessionScope>) -> [String] {
        allCases.filter(scopes.contains).map(\.rawValue)
    }

    /// Reads such a text; nil for none, or for a name that is not known.
    static func read(_ text: String) -> Set<SessionScope>? {
        let scopes = text.split(separator: " ").map { SessionScope(rawValue: String($0)) }
        guard !scopes.isEmpty, scopes.allSatisfy({ $0 != nil }) else { return nil }
        return Set(scopes.compactMap(\.self))
    }
}
