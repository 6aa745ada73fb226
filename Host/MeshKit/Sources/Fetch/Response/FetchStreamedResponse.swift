public import HTTP

/// An answer whose content is read as it comes; valid within the closure it was given to.
public struct FetchStreamedResponse: Sendable {
    /// The status code, 200 to 599.
    public let status: Int
    /// The header fields.
    public let fields: HTTPFields
    /// The version of HTTP that was spoken.
    public let version: HTTPVersion
    /// Where the answer comes from, after redirects.
    public let url: FetchURL
    /// The content. Reading is what lets the server send more.
    public let body: FetchResponseBody

    /// Whether the status is 2xx.
    public var isSuccess: Bool { (200..<300).contains(status) }
}
