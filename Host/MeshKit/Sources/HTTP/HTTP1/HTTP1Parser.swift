/// Reads HTTP/1.x requests out of bytes that come in pieces of any size (RFC 9112). It has no clock and does no I/O.
///
/// Where the RFC lets a recipient repair, this one refuses: two readers who repair differently are what request
/// smuggling lives on.
struct HTTP1Parser {
    private enum State {
        /// Before or within a request line.
        case requestLine
        case fields
        /// The head was given and there is no more content.
        case ended
        case content(left: Int)
        case chunkSize
        case chunkData(left: Int)
        case chunkDataEnd
        case trailers
        case failed(HTTP1Refusal)
    }

    let limits: HTTP1Limits
    private var state = State.requestLine
    /// What has come of a line that is not complete yet.
    private var partial: [UInt8] = []
    private var emptyLines = 0
    private var sectionBytes = 0
    private var sectionFields = 0
    private var extensionBytes = 0
    private var contentBytes = 0
    private var builder = HTTP1HeadBuilder()

    init(limits: HTTP1Limits = HTTP1Limits()) {
        self.limits = limits
    }

    /// Whether nothing of a next request has come yet.
    var isIdle: Bool {
        if case .requestLine = state { partial.isEmpty && emptyLines == 0 } else { false }
    }

    /// Content bytes known to be missing of a body with a length; `nil` if chunked.
    var missingContentBytes: Int? {
        switch state {
        case .content(let left): left
        case .requestLine, .fields, .ended: 0
        case .chunkSize, .chunkData, .chunkDataEnd, .trailers, .failed: nil
        }
    }

    /// Takes bytes from the front of `input` up to the next event; `nil` when all were taken and more are needed.
    /// After `.end` the parser is at the next request. A refusal is final: it is thrown again by every later call.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTP1Refusal) -> HTTP1Event? {
        do {
            return try step(&input)
        } catch {
            state = .failed(error)
            partial = []
            throw error
        }
    }

    private mutating func step(_ input: inout UnsafeRawBufferPointer) throws(HTTP1Refusal) -> HTTP1Event? {
        while true {
            switch state {
            case .failed(let refusal):
                throw refusal
            case .ended:
                state = .requestLine
                return .end
            case .content(let left):
                guard let piece = Self.take(left, from: &input) else { return nil }
                state = left == piece.count ? .ended : .content(left: left - piece.count)
                return .body(piece)
            case .chunkData(let left):
                guard let piece = Self.take(left, from: &input) else { return nil }
                state = left == piece.count ? .chunkDataEnd : .chunkData(left: left - piece.count)
                return .body(piece)
            case .requestLine, .fields, .chunkSize, .chunkDataEnd, .trailers:
                guard let event = try line(&input) else { return nil }
                if let event = event.event { return event }
            }
        }
    }

    private static func take(
        _ maximum: Int,
        from input: inout UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard !input.isEmpty else { return nil }
        let count = min(maximum, input.count)
        defer { input = UnsafeRawBufferPointer(rebasing: input[count...]) }
        return UnsafeRawBufferPointer(rebasing: input[..<count])
    }

    // MARK: Lines

    /// A line was read; it may have completed a head.
    private struct LineRead {
        let event: HTTP1Event?
    }

    /// How long the line that is being read may be, without its CRLF, and what is said of a longer one.
    private var lineLimit: (bytes: Int, refusal: HTTP1Refusal) {
        switch state {
        case .requestLine:
            (limits.requestLineBytes, HTTP1Refusal(414, "the request line is too long"))
        case .fields:
            (limits.headerBytes - sectionBytes, HTTP1Refusal(431, "the header section is too long"))
        case .trailers:
            (limits.trailerBytes - sectionBytes, HTTP1Refusal(431, "the trailer section is too long"))
        case .chunkSize:
            (
                HTTP1Limits.chunkSizeDigits + HTTP1Limits.chunkExtensionBytes,
                HTTP1Refusal(400, "a chunk's extensions are too long")
            )
        default:
            (0, HTTP1Refusal(400, "a chunk is longer than its size"))
        }
    }

    /// Reads up to a line's end and handles the line; `nil` when its end has not come yet.
    private mutating func line(_ input: inout UnsafeRawBufferPointer) throws(HTTP1Refusal) -> LineRead? {
        // What cannot begin a request is refused at once: a TLS hello would otherwise wait for its line feed.
        if case .requestLine = state, partial.isEmpty, let first = input.first, first != 0x0D, !first.isTokenCharacter {
            throw HTTP1Refusal(400, "this is no HTTP request")
        }
        let limit = lineLimit
        guard let lineFeed = input.place(of: 0x0A) else {
            partial.append(contentsOf: input)
            input = UnsafeRawBufferPointer(rebasing: input[input.count...])
            guard partial.count <= limit.bytes + 1 else { throw limit.refusal }
            return nil
        }
        let rest = UnsafeRawBufferPointer(rebasing: input[..<lineFeed])
        input = UnsafeRawBufferPointer(rebasing: input[(lineFeed + 1)...])
        guard !partial.isEmpty else { return try handle(rest, limit) }
        partial.append(contentsOf: rest)
        var whole: [UInt8] = []
        swap(&whole, &partial)
        let result = whole.withUnsafeBytes { bytes in
            Result { () throws(HTTP1Refusal) in try handle(bytes, limit) }
        }
        // Keeps the buffer for the next line that comes in pieces.
        whole.removeAll(keepingCapacity: whole.count <= 1024)
        partial = whole
        return try result.get()
    }

    private mutating func handle(
        _ bytes: UnsafeRawBufferPointer,
        _ limit: (bytes: Int, refusal: HTTP1Refusal)
    ) throws(HTTP1Refusal) -> LineRead {
        let hasReturn = bytes.last == 0x0D
        let line = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - (hasReturn ? 1 : 0))])
        guard line.count <= limit.bytes else { throw limit.refusal }
        guard hasReturn else { throw HTTP1Refusal(400, "a line ends without a carriage return") }
        switch state {
        case .requestLine: try requestLine(line)
        case .fields: return LineRead(event: try field(line))
        case .chunkSize: try chunkSize(line)
        case .trailers: try trailer(line)
        default: state = .chunkSize  // the empty line after a chunk's data; anything longer was over the limit
        }
        return LineRead(event: nil)
    }

    // MARK: Head

    private mutating func requestLine(_ line: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard !line.isEmpty else {
            emptyLines += 1
            guard emptyLines <= HTTP1Limits.leadingEmptyLines else {
                throw HTTP1Refusal(400, "empty lines before the request")
            }
            return
        }
        emptyLines = 0
        builder = HTTP1HeadBuilder()
        try builder.requestLine(line)
        sectionBytes = 0
        sectionFields = 0
        state = .fields
    }

    private mutating func field(_ line: UnsafeRawBufferPointer) throws(HTTP1Refusal) -> HTTP1Event? {
        guard line.isEmpty else {
            try count(line, limits.fields)
            let (name, value) = try HTTP1HeadBuilder.split(line)
            builder.fields.append(token: name, UnsafeRawBufferPointer(rebasing: value).text)
            return nil
        }
        let head = try builder.finish(scheme: limits.scheme)
        contentBytes = 0
        extensionBytes = 0
        switch head.framing {
        case .none:
            state = .ended
        case .length(let length):
            guard length <= limits.bodyBytes else { throw tooLarge }
            state = .content(left: length)
        case .chunked:
            state = .chunkSize
        }
        return .head(head)
    }

    private mutating func count(_ line: UnsafeRawBufferPointer, _ maximum: Int) throws(HTTP1Refusal) {
        sectionBytes += line.count + 2
        sectionFields += 1
        guard sectionFields <= maximum else { throw HTTP1Refusal(431, "too many fields") }
    }

    private var tooLarge: HTTP1Refusal {
        HTTP1Refusal(413, "the content is longer than \(limits.bodyBytes) bytes")
    }

    // MARK: Chunks (RFC 9112 §7.1)

    private mutating func chunkSize(_ line: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        var size: UInt64 = 0
        var digits = 0
        while digits < line.count, let value = line[digits].hexValue {
            guard digits < HTTP1Limits.chunkSizeDigits else { throw HTTP1Refusal(400, "a chunk size is too long") }
            size = size << 4 | UInt64(value)
            digits += 1
        }
        guard digits > 0 else { throw HTTP1Refusal(400, "a chunk size is missing") }
        if digits < line.count {
            let rest = UnsafeRawBufferPointer(rebasing: line[digits...])
            guard rest.first == UInt8(ascii: ";"), rest.allSatisfy(\.isFieldValueByte) else {
                throw HTTP1Refusal(400, "a chunk size is malformed")
            }
            extensionBytes += rest.count
            guard rest.count <= HTTP1Limits.chunkExtensionBytes, extensionBytes <= HTTP1Limits.allChunkExtensionBytes
            else { throw HTTP1Refusal(400, "a chunk's extensions are too long") }
        }
        guard size > 0 else {
            sectionBytes = 0
            sectionFields = 0
            state = .trailers
            return
        }
        guard size <= UInt64(limits.bodyBytes - contentBytes) else { throw tooLarge }
        contentBytes += Int(size)
        state = .chunkData(left: Int(size))
    }

    /// Trailers are checked and dropped: nothing here uses them, and merged into the head they could override it.
    private mutating func trailer(_ line: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard line.isEmpty else {
            try count(line, limits.trailerFields)
            _ = try HTTP1HeadBuilder.split(line)
            return
        }
        state = .ended
    }
}
