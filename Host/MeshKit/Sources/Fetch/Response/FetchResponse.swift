public import HTTP

/// An answer whose content is complete.
public struct FetchResponse: Sendable {
    /// The status code, 200 to 599.
    public let status: Int
    /// The header fields.
    public let fields: HTTPFields
    /// The content, decoded if it came with a coding that the client asked for.
    public let body: [UInt8]
    /// The version of HTTP that was spoken.
    public let version: HTTPVersion
    /// Where the answer came from, after redirects.
    public let url: FetchURL

    /// Whether the status is 2xx.
    public var isSuccess: Bool { (200..<300).contains(status) }
    /// The content as text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
