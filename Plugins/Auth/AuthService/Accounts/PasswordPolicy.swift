import RPC

/// Which passwords are good enough for an account (NIST SP 800-63B-4 section 3.1.1.2): long, not common, not made of
/// what anybody knows of the client; no rules of composition, no change without a reason.
struct PasswordPolicy: Sendable {
    /// In Unicode scalars. 15, as it is the only factor.
    var shortest = 15
    static let longest = 128

    /// Refuses a password that is no good.
    /// - Parameters:
    ///   - field: its name in the request.
    ///   - context: what is known of the client: address, names.
    func check(_ password: String, field: String, context: [String]) throws(RPCError) {
        let count = password.utf8.count <= 4 * Self.longest ? password.unicodeScalars.count : Self.longest + 1
        guard count <= Self.longest else {
            throw .field(field, "too-long", "must have at most \(Self.longest) characters")
        }
        guard count >= shortest else { throw .field(field, "too-short", "must have at least \(shortest) characters") }
        guard password.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .field(field, "invalid", "must have no control characters")
        }
        if PasswordGuess.isLikely(password, context: context) {
            throw .field(field, "too-common", "must not be a common password, a pattern, or made of your own data")
        }
    }
}
