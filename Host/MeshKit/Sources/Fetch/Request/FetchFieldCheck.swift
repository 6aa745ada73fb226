internal import HTTP

/// Whether header fields may go on the wire as they are.
enum FetchFieldCheck {
    /// Fields that say how the message is framed or forwarded: the client's own.
    static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// - Throws: `invalidRequest` naming the field, never its value.
    static func check(_ name: String, _ value: String) throws(FetchError) {
        guard isToken(name) else { throw FetchError(.invalidRequest, "a field's name is not a token") }
        guard !reserved.contains(name.lowercased()) else {
            throw FetchError(.invalidRequest, "the field \(name.lowercased()) is the client's own")
        }
        // Tab is allowed within; other controls end lines, or are read as their end by somebody.
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }), value.utf8.count <= 32 << 10 else {
            throw FetchError(
                .invalidRequest,
                "the value of the field \(name.lowercased()) has control characters or is too long"
            )
        }
    }

    /// A token of RFC 9110 §5.6.2, not empty.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
