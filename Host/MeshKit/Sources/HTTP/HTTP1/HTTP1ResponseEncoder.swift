/// Frames one response for the wire (RFC 9112 §6, §7). It has no I/O: each call gives the bytes to send.
struct HTTP1ResponseEncoder {
    private enum Framing { case none, length, chunked, untilClose }
    private var framing = Framing.none

    /// Whether the connection has to close after this response.
    private(set) var closes: Bool

    /// Begins a response. `closes` asks for the connection to end with it.
    init(closes: Bool) {
        self.closes = closes
    }

    /// The head. With `end` there is no content.
    mutating func head(
        _ head: HTTPResponseHead,
        for request: HTTPRequestHead?,
        date: String,
        end: Bool
    ) -> [UInt8] {
        var length = head.fields["content-length"]
        let isWithoutLength = head.status < 200 || head.status == 204
        let isHead = request?.method == .head
        if isWithoutLength {
            length = nil
        } else if end, !isHead, head.status != 304 {
            length = "0"
        }
        if !end {
            framing = length != nil ? .length : (request?.version == .http1_1 ? .chunked : .untilClose)
            if framing == .untilClose { closes = true }
        }
        var out = Self.begin(head.status, head.fields)
        if !head.fields.contains("date") { Self.append("date", date, to: &out) }
        if let length { Self.append("content-length", length, to: &out) }
        if framing == .chunked { Self.append("transfer-encoding", "chunked", to: &out) }
        if closes {
            Self.append("connection", "close", to: &out)
        } else if request?.version == .http1_0 {
            Self.append("connection", "keep-alive", to: &out)
        }
        out += "\r\n".utf8
        return out
    }

    /// What follows the lines of an answer that was prepared and its date, up to its content.
    mutating func ending(for request: HTTPRequestHead) -> StaticString {
        framing = .length
        if closes { return "connection: close\r\n\r\n" }
        return request.version == .http1_0 ? "connection: keep-alive\r\n\r\n" : "\r\n"
    }

    /// The first lines of an answer that is prepared: status, fields and length, which are the same each time.
    static func lines(_ status: Int, _ fields: HTTPFields) -> [UInt8] {
        var out = begin(status, fields)
        if let length = fields["content-length"] { append("content-length", length, to: &out) }
        return out
    }

    /// Fields beside those of an answer that is prepared.
    static func append(_ fields: HTTPFields, to out: inout [UInt8]) {
        for field in fields where isSendable(field.name) { append(field.name, field.value, to: &out) }
    }

    private static func begin(_ status: Int, _ fields: HTTPFields) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        out += "HTTP/1.1 ".utf8
        out += String(status).utf8
        out.append(0x20)
        out += reason(status).utf8
        out += "\r\n".utf8
        for field in fields where isSendable(field.name) {
            append(field.name, field.value, to: &out)
        }
        return out
    }

    /// What goes before and after a piece of content; both empty unless it is chunked.
    func around(_ count: Int) -> (before: String, after: String) {
        framing == .chunked ? (String(count, radix: 16) + "\r\n", "\r\n") : ("", "")
    }

    /// The end of the content. Trailers are sent where the framing has room for them.
    func end(_ trailers: HTTPFields?) -> [UInt8] {
        guard framing == .chunked else { return [] }
        var out = Array("0\r\n".utf8)
        for field in trailers ?? [:] where Self.isSendable(field.name) {
            Self.append(field.name, field.value, to: &out)
        }
        out += "\r\n".utf8
        return out
    }

    /// Fields that say how this connection frames: a handler's own would contradict what is sent.
    private static func isOurs(_ name: String) -> Bool {
        // Most names differ from all of them in length already.
        switch name.utf8.count {
        case 7: name == "upgrade"
        case 10: name == "connection" || name == "keep-alive"
        case 14: name == "content-length"
        case 16: name == "proxy-connection"
        case 17: name == "transfer-encoding"
        default: false
        }
    }

    /// Whether a handler's field may go out. A name that is no token would break the framing.
    static func isSendable(_ name: String) -> Bool {
        guard !name.isEmpty, !isOurs(name) else { return false }
        var name = name
        return name.withUTF8 { bytes in
            // As nearly all are.
            bytes.allSatisfy { $0 &- 0x61 < 26 || $0 == 0x2D || $0.isTokenCharacter }
        }
    }

    private static func append(_ name: String, _ value: String, to out: inout [UInt8]) {
        var (name, value) = (name, value)
        name.withUTF8 { out.append(contentsOf: $0) }
        out.append(0x3A)
        out.append(0x20)
        value.withUTF8 { bytes in
            // To the end in any case, which processors do many bytes at a time.
            var unclean: UInt8 = 0
            for byte in bytes { unclean |= byte.isFieldValueByte ? 0 : 1 }
            if unclean == 0 {
                out.append(contentsOf: bytes)
            } else {
                // Control characters become spaces (RFC 9110 §5.5), so that no value can end its line.
                for byte in bytes { out.append(byte.isFieldValueByte ? byte : 0x20) }
            }
        }
        out.append(0x0D)
        out.append(0x0A)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
