/// An e-mail address as people have them: `local@domain` in ASCII, at most 254 bytes. The domain is in lower case, and
/// in its ASCII form (A-labels); the local part stays as it was typed in. Quoted local parts, addresses with an IP
/// address and a final dot of the domain are refused.
///
/// Two addresses are the same when their `folded` texts are, which differ in nothing but case: neither a part behind
/// `+` nor dots are taken away, as that is each provider's own affair.
struct EmailAddress: Sendable, Hashable {
    /// With the domain in lower case.
    let text: String
    /// All in lower case: for comparing.
    let folded: String

    /// One that nobody has: what stands for what is no address, so that the work is the same.
    static let nobody = EmailAddress(checked: "nobody@invalid.invalid")

    private init(checked text: String) {
        self.text = text
        folded = text
    }

    /// Reads an address; nil for what is none.
    init?(_ typed: String) {
        guard typed.utf8.count <= 254, let at = typed.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = typed.utf8[..<at]
        let domain = typed.utf8[typed.utf8.index(after: at)...]
        guard Self.isLocal(Array(local)), Self.isDomain(Array(domain)) else { return nil }
        text = "\(typed[..<at])@\(typed[typed.utf8.index(after: at)...].lowercased())"
        folded = text.lowercased()
    }

    /// An atom, or several with dots between (RFC 5321 section 4.1.2, Dot-string).
    private static func isLocal(_ local: [UInt8]) -> Bool {
        guard (1...64).contains(local.count) else { return false }
        let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isLetterOrDigit($0) || others.contains($0) }
        }
    }

    private static let others = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isDomain(_ domain: [UInt8]) -> Bool {
        guard (1...253).contains(domain.count) else { return false }
        let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// `a…z@example.com`, for mails to somebody else.
    var masked: String {
        let parts = text.split(separator: "@")
        return "\(parts[0].prefix(1))…\(parts[0].count > 2 ? parts[0].suffix(1) : "")@\(parts[1])"
    }
}
