/// A mail address with the name of whose it is. Both are harmless by construction: the address is refused or exactly what
/// it looks like, the name is cleaned.
public struct MailAddress: Sendable, Hashable {
    /// The address: local part as it was given, domain in lower case and as A-labels (RFC 5890).
    public let address: String
    /// The name; empty for none.
    public let name: String

    /// Reads an address without quoting, routes, comments or spaces.
    /// - Parameters:
    ///   - address: at most 254 bytes, its local part at most 64 (RFC 5321 §4.5.3.1). Characters beyond ASCII may be in the
    ///     local part (RFC 6531, which few servers take) and in the domain, which is then encoded.
    ///   - name: anything; control characters and those that turn the direction of writing are taken out, and what is
    ///     longer than 100 characters is cut.
    /// - Throws: ``MailFormatError`` with code `address`.
    public init(_ address: String, name: String = "") throws(MailFormatError) {
        guard address.utf8.count <= 1024, let at = address.lastIndex(of: "@") else {
            throw MailFormatError(.address, "a mail address has a local part, an @ and a domain")
        }
        let local = String(address[..<at])
        try Self.checkLocal(local)
        let domain = try Self.domain(String(address[address.index(after: at)...]))
        guard local.utf8.count + 1 + domain.utf8.count <= 254 else {
            throw MailFormatError(.address, "a mail address has at most 254 bytes")
        }
        self.address = "\(local)@\(domain)"
        self.name = MailText.line(name, limit: 100)
    }

    /// The domain, as A-labels.
    public var domain: String {
        String(address[address.index(after: address.lastIndex(of: "@") ?? address.startIndex)...])
    }

    /// Whether the local part needs a server that takes internationalised addresses (RFC 6531).
    public var isInternational: Bool { !address.utf8.allSatisfy { $0 < 0x80 } }

    /// Words of RFC 5322's atext, letters and digits of any script, with single dots between them.
    private static func checkLocal(_ local: String) throws(MailFormatError) {
        guard (1...64).contains(local.utf8.count) else {
            throw MailFormatError(.address, "the local part of a mail address has 1 to 64 bytes")
        }
        let isSafe = local.unicodeScalars.allSatisfy { scalar in
            guard scalar.isASCII else { return MailText.isVisible(scalar) }
            return MailText.isAtomText(UInt8(scalar.value)) || scalar == "."
        }
        guard isSafe else {
            throw MailFormatError(.address, "the local part of a mail address has characters that are not allowed")
        }
        let words = local.split(separator: ".", omittingEmptySubsequences: false)
        guard words.allSatisfy({ !$0.isEmpty }) else {
            throw MailFormatError(.address, "the local part of a mail address has a dot without a word beside it")
        }
    }

    private static func domain(_ text: String) throws(MailFormatError) -> String {
        // The full stop of Chinese and Japanese is read as a dot (RFC 3490 §3.1), so it must not be inside a label.
        let labels = text.split(omittingEmptySubsequences: false) { ".\u{3002}\u{FF0E}\u{FF61}".contains($0) }
        var encoded: [String] = []
        for label in labels {
            guard let label = DomainLabel.encode(String(label)) else {
                throw MailFormatError(.address, "the domain of a mail address is no host name")
            }
            encoded.append(label)
        }
        let domain = encoded.joined(separator: ".")
        guard domain.utf8.count <= 253 else {
            throw MailFormatError(.address, "the domain of a mail address has at most 253 bytes")
        }
        return domain
    }
}
