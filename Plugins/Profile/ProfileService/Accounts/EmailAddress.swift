import Plugin
import RPC

/// An e-mail address, and the one form by which two are compared.
///
/// Taken is what can be mailed to without surprises: a local part of ASCII atoms (RFC 5321 section 4.1.2, no quotes) and a
/// domain of at least two labels. `text` has the local part as it was written, because its owner's server may care, and
/// the domain in lower case with A-labels (RFC 5890), so that all of it is ASCII and a look-alike is another text. `key`
/// is `text` in lower case: it is unique. Dots and what follows a plus are part of the address.
struct EmailAddress: Hashable, Sendable {
    /// To write to.
    let text: String
    /// To compare.
    let key: String

    /// Nil for what is not taken.
    init?(_ text: String) {
        guard text.utf8.count <= 254, let at = text.lastIndex(of: "@") else { return nil }
        let local = text[..<at]
        guard (1...64).contains(local.utf8.count), Self.isLocal(local) else { return nil }
        guard let domain = Self.domain(text[text.index(after: at)...]) else { return nil }
        let whole = "\(local)@\(domain)"
        guard whole.utf8.count <= 254 else { return nil }
        self.text = whole
        key = whole.lowercased()
    }

    /// - Throws: INVALID_ARGUMENT that names the field `email`.
    init(checking text: String) throws(RPCError) {
        guard let address = EmailAddress(text) else {
            throw .field(
                "email",
                text.isEmpty ? "required" : "invalid",
                "must be an e-mail address, as ana@example.com"
            )
        }
        self = address
    }

    /// Atoms between dots (RFC 5322 section 3.2.3).
    private static func isLocal(_ local: Substring) -> Bool {
        local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.unicodeScalars.allSatisfy { scalar in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9": true
                    case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~":
                        true
                    default: false
                    }
                }
        }
    }

    private static func domain(_ domain: Substring) -> String? {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2 else { return nil }
        var ascii: [String] = []
        for label in labels {
            guard let label = DomainLabel.encode(String(label)) else { return nil }
            ascii.append(label)
        }
        // Else it would look like an address of the network.
        guard let top = ascii.last, !top.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return ascii.joined(separator: ".")
    }
}
