public import Reactor

/// An answer that is the same each time: its head is written out once, and its content is sent from where it is, without
/// a copy for each request.
///
/// Safe to share: nothing of it changes.
public final class HTTPPreparedResponse: Sendable {
    /// The status code, 200 to 599.
    public let status: Int
    /// The header fields, `content-length` among them; `date` and what belongs to a connection is added as it is sent.
    public let fields: HTTPFields
    /// The content; not sent for HEAD.
    public let content: SharedBytes
    /// The head for HTTP/1.1, without its last lines.
    let lines: [UInt8]
    /// The head for HTTP/2, without `date`.
    let block: HTTP2Fields

    /// Prepares an answer. One without content has a `content-length` of 0, but for 204 and 304, which have none.
    public convenience init(status: Int, fields: HTTPFields = [:], content: [UInt8] = []) {
        self.init(status: status, fields: fields, sharing: SharedBytes(content))
    }

    /// Prepares an answer whose content others have too.
    public init(status: Int, fields: HTTPFields, sharing content: SharedBytes) {
        let isWithoutContent = status == 204 || status == 304
        var fields = fields
        fields["content-length"] = isWithoutContent ? nil : String(content.count)
        self.status = status
        self.fields = fields
        self.content = isWithoutContent ? SharedBytes([]) : content
        lines = HTTP1ResponseEncoder.lines(status, fields)
        var block = HTTP2Fields()
        block.append(":status", String(status))
        block.append(fields)
        if let length = fields["content-length"] { block.append("content-length", length) }
        self.block = block
    }
}
