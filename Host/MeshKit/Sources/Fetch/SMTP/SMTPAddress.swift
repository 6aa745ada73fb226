/// Addresses as they may stand between the angle brackets of MAIL and RCPT.
enum SMTPAddress {
    /// Whether an address needs SMTPUTF8 (RFC 6531).
    static func isInternational(_ address: String) -> Bool {
        address.utf8.contains { $0 >= 0x80 }
    }

    /// Only what cannot be read as anything else: local part and domain, no quoting, no route, no spaces.
    /// - Throws: `invalidAddress`, without the address, which is personal.
    static func check(_ address: String) throws(FetchError) {
        func refuse(_ reason: String) -> FetchError {
            FetchError(.invalidAddress, "a mail address cannot be used: \(reason)")
        }
        guard let at = address.lastIndex(of: "@") else { throw refuse("it has no @") }
        let local = address[..<at]
        let domain = address[address.index(after: at)...]
        // RFC 5321 §4.5.3.1, in bytes.
        guard (1...64).contains(local.utf8.count), (1...255).contains(domain.utf8.count), address.utf8.count <= 254
        else {
            throw refuse("it is too long, or a part of it is empty")
        }
        let isSafe = address.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: !"<>()[]\\,;:\"".unicodeScalars.contains(scalar)
            }
        }
        guard isSafe, !local.contains("@") else { throw refuse("it has characters that are not allowed") }
        guard isDotted(local), isDotted(domain), !domain.hasPrefix("-"), !domain.hasSuffix("-") else {
            throw refuse("a part of it is empty")
        }
    }

    /// Words with single dots between them.
    private static func isDotted(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }
}
