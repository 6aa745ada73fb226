internal import HTTP

/// What was done to a content on its way, of what is asked for here (RFC 9110 §8.4.1).
enum ContentCoding: Sendable, Hashable {
    /// RFC 1952: one member, or several behind each other.
    case gzip
    /// RFC 1950, or RFC 1951 without anything around it, which some servers send under this name.
    case deflate

    /// What is asked for.
    static let accepted = "gzip, deflate"

    /// The coding that a head tells of; nil for none.
    ///
    /// - Throws: `protocolViolation` for one that was not asked for, and for several: each further one multiplies what
    ///   few bytes can become.
    static func of(_ fields: HTTPFields) throws(FetchError) -> ContentCoding? {
        let names = tokens(fields.values(for: "content-encoding")).filter { $0 != "identity" }
        switch names {
        case []: return nil
        case ["gzip"], ["x-gzip"]: return .gzip
        case ["deflate"]: return .deflate
        default: throw FetchError(.protocolViolation, "the content has a coding that was not asked for")
        }
    }

    /// Refuses codings of the transfer other than chunks (RFC 9112 §7): none was asked for, and libcurl undoes only that.
    static func checkTransfer(_ fields: HTTPFields) throws(FetchError) {
        guard tokens(fields.values(for: "transfer-encoding")).allSatisfy({ $0 == "chunked" || $0 == "identity" }) else {
            throw FetchError(.protocolViolation, "the transfer has a coding that was not asked for")
        }
    }

    private static func tokens(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            .filter { !$0.isEmpty }
    }
}
