/// A request method (RFC 9110 §9), upper case as sent; methods are case-sensitive.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable {
    /// The token as it is on the wire.
    public let rawValue: String

    /// Makes a method of a token; no check is made here, the parsers of both versions check what a peer sends.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Fetches a representation.
    public static let get = HTTPMethod(rawValue: "GET")
    /// Like `get`, without the content.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// Has the resource process the content.
    public static let post = HTTPMethod(rawValue: "POST")
    /// Replaces the resource.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// Changes part of the resource (RFC 5789).
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// Removes the resource.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// Asks what the resource allows.
    public static let options = HTTPMethod(rawValue: "OPTIONS")
    /// Asks for a tunnel; no server here offers one.
    public static let connect = HTTPMethod(rawValue: "CONNECT")
    /// Asks for an echo of the request; no server here offers it.
    public static let trace = HTTPMethod(rawValue: "TRACE")
}

extension HTTPMethod: CustomStringConvertible {
    /// The token itself.
    public var description: String { rawValue }
}
